package dev.winnow.evidence.tamper;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The test functions of a source file, found without a compiler: each from its first decorator or
 * annotation to the end of its body.
 *
 * @param byName a test's text without comments; tests of the same name are joined
 * @param rest all that is in no test: imports, helpers, set-up, class headers
 */
record TestBlocks(Map<String, String> byName, String rest) {

  static TestBlocks of(SourceText source) {
    return new Finder(source).find();
  }

  /** One pass over one file. The limits keep hostile files from making it slow. */
  private static final class Finder {
    private static final Pattern JAVA_TEST =
        Pattern.compile(
            "@(?:\\w+\\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\\b");
    private static final Pattern JUNIT3_TEST = Pattern.compile("\\bvoid\\s+test\\w*\\s*\\(");
    private static final Pattern RUST_TEST =
        Pattern.compile("#\\[\\s*(?:\\w+::)*(?:test|rstest)\\b[^\\]\\n]*\\]");
    private static final Pattern GO_TEST =
        Pattern.compile("(?m)^func\\s+((?:Test|Fuzz)\\w*)\\s*\\(");
    private static final Pattern JS_TEST =
        Pattern.compile("(?:^|[^\\w.$])((?:x?(?:test|it)|specify|t\\.test)(?:\\.\\w+)*)\\s*\\(");
    private static final Pattern PYTHON_TEST =
        Pattern.compile("(?m)^([ \\t]*)(?:async[ \\t]+)?def[ \\t]+(test\\w*)[ \\t]*\\(");
    private static final Pattern PYTHON_CLASS = Pattern.compile("(?m)^([ \\t]*)class[ \\t]+(\\w+)");

    private static final int MAX_TESTS = 5_000;
    private static final int MAX_HEADER = 4_000;
    private static final int MAX_NAME = 300;

    private final SourceText source;
    private final String masked;
    private final int[] brackets;
    private final Map<String, String> byName = new LinkedHashMap<>();
    private final StringBuilder rest = new StringBuilder();
    private int behind;
    private int tests;

    Finder(SourceText source) {
      this.source = source;
      this.masked = source.masked();
      this.brackets = source.brackets();
    }

    TestBlocks find() {
      switch (source.language()) {
        case JAVA -> {
          annotated(JAVA_TEST, false);
          if (byName.isEmpty()) {
            annotated(JUNIT3_TEST, false);
          }
        }
        case JAVASCRIPT -> javascript();
        case PYTHON -> python();
        case GO -> go();
        case RUST -> annotated(RUST_TEST, true);
        case OTHER -> {}
      }
      rest.append(source.code().substring(behind));
      return new TestBlocks(byName, rest.toString());
    }

    private void block(String name, int start, int end) {
      if (start >= behind && end > start) {
        rest.append(source.code(), behind, start).append('\n');
        String text = source.code().substring(start, end);
        byName.merge(name, text, (one, two) -> one + "\n" + two);
        behind = end;
      }
    }

    /** Whether a match is worth a look: behind the last test, and not the 5,001st. */
    private boolean counts(int start) {
      return start >= behind && tests++ < MAX_TESTS;
    }

    private void annotated(Pattern test, boolean skipAnnotation) {
      Matcher found = test.matcher(masked);
      while (found.find()) {
        if (counts(found.start())) {
          function(found.start(), skipAnnotation ? found.end() : found.start());
        }
      }
    }

    /** A function whose annotation is at {@code at}; the word before its parameters names it. */
    private void function(int at, int from) {
      int i = from;
      int limit = Math.min(masked.length(), at + MAX_HEADER);
      while (i < limit && masked.charAt(i) != '(') {
        char c = masked.charAt(i);
        if (c == ';' || c == '}') {
          return;
        }
        i = c == '@' ? behindAnnotation(i) : c == '#' ? behindAttribute(i) : i + 1;
      }
      if (i >= limit) {
        return;
      }
      int body = masked.indexOf('{', brackets[i]);
      String name = wordBefore(source.code(), i);
      if (body >= 0 && !name.isEmpty()) {
        block(name, declarationStart(at), brackets[body]);
      }
    }

    private int behindAnnotation(int at) {
      int i = at + 1;
      while (i < masked.length()
          && (Character.isJavaIdentifierPart(masked.charAt(i)) || masked.charAt(i) == '.')) {
        i++;
      }
      int open = i;
      while (open < masked.length() && Character.isWhitespace(masked.charAt(open))) {
        open++;
      }
      return open < masked.length() && masked.charAt(open) == '(' ? brackets[open] : i;
    }

    private int behindAttribute(int at) {
      int open = masked.indexOf('[', at);
      return open < 0 ? masked.length() : brackets[open];
    }

    private static String wordBefore(String text, int end) {
      int last = end;
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
    private int declarationStart(int at) {
      int depth = 0;
      for (int i = at - 1; i >= behind; i--) {
        char c = masked.charAt(i);
        if (c == ')' || c == ']') {
          depth++;
        } else if (c == '(' || c == '[') {
          depth--;
        } else if (depth <= 0 && (c == ';' || c == '{' || c == '}')) {
          return i + 1;
        }
      }
      return behind;
    }

    private void go() {
      Matcher found = GO_TEST.matcher(masked);
      while (found.find()) {
        if (counts(found.start())) {
          int body = masked.indexOf('{', brackets[found.end() - 1]);
          if (body >= 0) {
            block(found.group(1), found.start(), brackets[body]);
          }
        }
      }
    }

    private void javascript() {
      Matcher found = JS_TEST.matcher(masked);
      while (found.find()) {
        if (counts(found.start(1))) {
          int end = brackets[found.end() - 1];
          int last = Math.min(Math.max(found.end(), end - 1), found.end() + MAX_NAME);
          int comma = masked.substring(found.end(), last).indexOf(',');
          int nameEnd = comma < 0 ? last : found.end() + comma;
          block(source.code().substring(found.end(), nameEnd).strip(), found.start(1), end);
        }
      }
    }

    private void python() {
      TreeMap<Integer, Map.Entry<Integer, String>> classes = new TreeMap<>();
      Matcher owner = PYTHON_CLASS.matcher(masked);
      while (owner.find() && classes.size() < MAX_TESTS) {
        classes.put(owner.start(), Map.entry(owner.group(1).length(), owner.group(2)));
      }
      Matcher found = PYTHON_TEST.matcher(masked);
      while (found.find()) {
        if (counts(found.start())) {
          int indent = found.group(1).length();
          var last = indent == 0 ? null : classes.lowerEntry(found.start());
          while (last != null && last.getValue().getKey() >= indent) {
            last = classes.lowerEntry(last.getKey());
          }
          String prefix = last == null ? "" : last.getValue().getValue() + ".";
          int end = bodyEnd(found.end(), indent);
          block(prefix + found.group(2), decoratorStart(found.start(), indent), end);
        }
      }
    }

    private int bodyEnd(int from, int indent) {
      int line = masked.indexOf('\n', from) + 1;
      while (line > 0 && line < masked.length()) {
        int next = masked.indexOf('\n', line);
        int stop = next < 0 ? masked.length() : next;
        String text = masked.substring(line, stop);
        // a closing bracket at the margin belongs to a signature or call over several lines
        if (!text.isBlank() && indentOf(text) <= indent && !closes(text)) {
          return line;
        }
        line = stop + 1;
      }
      return masked.length();
    }

    private int decoratorStart(int def, int indent) {
      int start = def;
      int end = def - 1;
      while (end > behind) {
        int begin = masked.lastIndexOf('\n', end - 1) + 1;
        String line = masked.substring(begin, end);
        if (!line.isBlank() && indentOf(line) <= indent) {
          if (line.strip().startsWith("@") && indentOf(line) == indent) {
            start = begin;
          } else if (!closes(line)) {
            break;
          }
        }
        end = begin - 1;
      }
      return Math.max(start, behind);
    }

    private static boolean closes(String line) {
      return ")]}".indexOf(line.strip().charAt(0)) >= 0;
    }

    private static int indentOf(String line) {
      int i = 0;
      while (i < line.length() && (line.charAt(i) == ' ' || line.charAt(i) == '\t')) {
        i++;
      }
      return i;
    }
  }
}
