package dev.winnow.evidence;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The test functions of a source file, found without a compiler: each from its first decorator or
 * annotation to the end of its body.
 *
 * @param byName a test's text without comments; tests of the same name are joined
 * @param rest all that is in no test: imports, helpers, set-up, class headers
 */
record TestBlocks(Map<String, String> byName, String rest) {

  private static final Pattern JAVA_TEST =
      Pattern.compile(
          "@(?:\\w+\\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\\b");
  private static final Pattern JUNIT3_TEST = Pattern.compile("\\bvoid\\s+test\\w*\\s*\\(");
  private static final Pattern RUST_TEST =
      Pattern.compile("#\\[\\s*(?:\\w+::)*(?:test|rstest)\\b[^\\]\\n]*\\]");
  private static final Pattern GO_TEST = Pattern.compile("(?m)^func\\s+((?:Test|Fuzz)\\w*)\\s*\\(");
  private static final Pattern JS_TEST =
      Pattern.compile("(?:^|[^\\w.$])((?:x?(?:test|it)|specify|t\\.test)(?:\\.\\w+)*)\\s*\\(");
  private static final Pattern PYTHON_TEST =
      Pattern.compile("(?m)^([ \\t]*)(?:async[ \\t]+)?def[ \\t]+(test\\w*)[ \\t]*\\(");
  private static final Pattern PYTHON_CLASS = Pattern.compile("(?m)^([ \\t]*)class[ \\t]+(\\w+)");

  private record Block(String name, int start, int end) {}

  static TestBlocks of(SourceText source) {
    List<Block> blocks =
        switch (source.language()) {
          case JAVA -> java(source);
          case JAVASCRIPT -> javascript(source);
          case PYTHON -> python(source);
          case GO -> braces(source, GO_TEST);
          case RUST -> rust(source);
          case OTHER -> List.of();
        };
    Map<String, String> byName = new LinkedHashMap<>();
    StringBuilder rest = new StringBuilder();
    int at = 0;
    for (Block block : blocks) {
      if (block.start() >= at) {
        rest.append(source.code(), at, block.start()).append('\n');
        byName.merge(
            block.name(),
            source.code().substring(block.start(), block.end()),
            (one, two) -> one + "\n" + two);
        at = block.end();
      }
    }
    return new TestBlocks(byName, rest.append(source.code().substring(at)).toString());
  }

  private static List<Block> java(SourceText source) {
    List<Block> blocks = new ArrayList<>();
    Matcher test = JAVA_TEST.matcher(source.masked());
    while (test.find()) {
      annotated(source, test.start(), test.start(), blocks);
    }
    if (blocks.isEmpty()) {
      Matcher old = JUNIT3_TEST.matcher(source.masked());
      while (old.find()) {
        annotated(source, old.start(), old.start(), blocks);
      }
    }
    return blocks;
  }

  private static List<Block> rust(SourceText source) {
    List<Block> blocks = new ArrayList<>();
    Matcher test = RUST_TEST.matcher(source.masked());
    while (test.find()) {
      annotated(source, test.start(), test.end(), blocks);
    }
    return blocks;
  }

  /** A function whose annotation is at {@code at}; the name is the word before its parameters. */
  private static void annotated(SourceText source, int at, int from, List<Block> blocks) {
    String masked = source.masked();
    int i = from;
    while (i < masked.length()) {
      char c = masked.charAt(i);
      if (c == '@') {
        i++;
        while (i < masked.length()
            && (Character.isJavaIdentifierPart(masked.charAt(i)) || masked.charAt(i) == '.')) {
          i++;
        }
        int open = skipBlanks(masked, i);
        i = open < masked.length() && masked.charAt(open) == '(' ? source.closing(open) : i;
      } else if (c == '#') {
        i = source.closing(Math.max(i, masked.indexOf('[', i)));
      } else if (c == '(') {
        break;
      } else if (c == ';' || c == '}') {
        return;
      } else {
        i++;
      }
    }
    int body = i < masked.length() ? masked.indexOf('{', source.closing(i)) : -1;
    String name = wordBefore(source.code(), i);
    if (body >= 0 && !name.isEmpty()) {
      blocks.add(new Block(name, declarationStart(masked, at), source.closing(body)));
    }
  }

  private static String wordBefore(String text, int end) {
    int last = Math.min(end, text.length());
    while (last > 0 && Character.isWhitespace(text.charAt(last - 1))) {
      last--;
    }
    int first = last;
    if (first > 0 && text.charAt(first - 1) == '`') {
      first = Math.max(0, text.lastIndexOf('`', first - 2));
    }
    while (first > 0 && Character.isJavaIdentifierPart(text.charAt(first - 1))) {
      first--;
    }
    return text.substring(first, last);
  }

  /** Goes back over further annotations to the end of what stands before the declaration. */
  private static int declarationStart(String masked, int at) {
    int depth = 0;
    for (int i = at - 1; i >= 0; i--) {
      char c = masked.charAt(i);
      if (c == ')' || c == ']') {
        depth++;
      } else if (c == '(' || c == '[') {
        depth--;
      } else if (depth <= 0 && (c == ';' || c == '{' || c == '}')) {
        return i + 1;
      }
    }
    return 0;
  }

  private static int skipBlanks(String text, int from) {
    int i = from;
    while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static List<Block> braces(SourceText source, Pattern test) {
    List<Block> blocks = new ArrayList<>();
    Matcher found = test.matcher(source.masked());
    while (found.find()) {
      int body = source.masked().indexOf('{', source.closing(found.end() - 1));
      if (body >= 0) {
        blocks.add(new Block(found.group(1), found.start(), source.closing(body)));
      }
    }
    return blocks;
  }

  private static List<Block> javascript(SourceText source) {
    List<Block> blocks = new ArrayList<>();
    Matcher found = JS_TEST.matcher(source.masked());
    while (found.find()) {
      int end = source.closing(found.end() - 1);
      int comma = source.masked().indexOf(',', found.end());
      int nameEnd = comma < 0 || comma > end ? Math.max(found.end(), end - 1) : comma;
      String name = source.code().substring(found.end(), nameEnd).strip();
      blocks.add(new Block(name, found.start(1), end));
    }
    return blocks;
  }

  private static List<Block> python(SourceText source) {
    List<Block> blocks = new ArrayList<>();
    String masked = source.masked();
    Matcher found = PYTHON_TEST.matcher(masked);
    while (found.find()) {
      int indent = found.group(1).length();
      String owner = indent == 0 ? "" : className(masked, found.start(), indent) + ".";
      int end = bodyEnd(masked, found.end(), indent);
      blocks.add(
          new Block(owner + found.group(2), decoratorStart(masked, found.start(), indent), end));
    }
    return blocks;
  }

  private static String className(String masked, int before, int indent) {
    String name = "";
    Matcher owner = PYTHON_CLASS.matcher(masked);
    while (owner.find() && owner.start() < before) {
      if (owner.group(1).length() < indent) {
        name = owner.group(2);
      }
    }
    return name;
  }

  private static int bodyEnd(String masked, int from, int indent) {
    int signature = masked.indexOf('\n', from);
    for (int line = signature + 1; line > 0 && line < masked.length(); ) {
      int next = masked.indexOf('\n', line);
      int stop = next < 0 ? masked.length() : next;
      String text = masked.substring(line, stop);
      // a closing bracket at the margin belongs to a signature or call over several lines
      if (!text.isBlank()
          && indentOf(text) <= indent
          && !")]}".contains(text.strip().substring(0, 1))) {
        return line;
      }
      line = stop + 1;
    }
    return masked.length();
  }

  private static int decoratorStart(String masked, int def, int indent) {
    int start = def;
    int end = def - 1;
    while (end > 0) {
      int begin = masked.lastIndexOf('\n', end - 1) + 1;
      String line = masked.substring(begin, end);
      if (!line.isBlank() && indentOf(line) <= indent) {
        char first = line.strip().charAt(0);
        if (first == '@' && indentOf(line) == indent) {
          start = begin;
        } else if (first != ')' && first != ']' && first != '}') {
          break;
        }
      }
      end = begin - 1;
    }
    return start;
  }

  private static int indentOf(String line) {
    int i = 0;
    while (i < line.length() && (line.charAt(i) == ' ' || line.charAt(i) == '\t')) {
      i++;
    }
    return i;
  }
}
