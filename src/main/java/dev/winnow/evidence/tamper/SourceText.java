package dev.winnow.evidence.tamper;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;

/**
 * A source file without its comments. Offsets are those of the original text in all forms.
 *
 * @param code comments are blanks
 * @param masked comments and what stands inside of string literals are blanks
 */
record SourceText(Language language, String code, String masked) {

  /** What is enough to know about a language to find its comments, strings and tests. */
  enum Language {
    JAVA,
    JAVASCRIPT,
    PYTHON,
    GO,
    RUST,
    OTHER;

    static Language of(String path) {
      int dot = path.lastIndexOf('.');
      return switch (path.substring(dot + 1).toLowerCase(Locale.ROOT)) {
        case "java", "kt", "groovy", "scala" -> JAVA;
        case "js", "mjs", "cjs", "ts", "tsx", "jsx", "mts", "cts" -> JAVASCRIPT;
        case "py" -> PYTHON;
        case "go" -> GO;
        case "rs" -> RUST;
        default -> OTHER;
      };
    }
  }

  static SourceText of(String path, String text) {
    Language language = Language.of(path);
    return language == Language.OTHER
        ? new SourceText(language, text, text)
        : new Scanner(language, text.replace("\r\n", "\n")).scan();
  }

  /** Without blanks except between words, so that a reformatted line is the same line. */
  static String squeeze(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        gap = !kept.isEmpty();
        continue;
      }
      // "new Money" must not be told as "newMoney"
      if (gap && isWord(kept.charAt(kept.length() - 1)) && isWord(c)) {
        kept.append(' ');
      }
      gap = false;
      kept.append(c);
    }
    return kept.toString();
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /**
   * Index behind the bracket that closes each one, found in one pass: hostile text must not make
   * this slow. The end of the text when there is none.
   */
  int[] brackets() {
    int[] closing = new int[masked.length()];
    Arrays.fill(closing, masked.length());
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < masked.length(); i++) {
      char c = masked.charAt(i);
      if (c == '(' || c == '{' || c == '[') {
        open.push(i);
      } else if ((c == ')' || c == '}' || c == ']') && !open.isEmpty()) {
        closing[open.pop()] = i + 1;
      }
    }
    return closing;
  }

  /** Walks over the text once; an unterminated literal ends with its line. */
  private static final class Scanner {
    private final Language language;
    private final String text;
    private final char[] code;
    private final char[] masked;
    private int at;

    Scanner(Language language, String text) {
      this.language = language;
      this.text = text;
      this.code = text.toCharArray();
      this.masked = text.toCharArray();
    }

    SourceText scan() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (language == Language.PYTHON ? c == '#' : text.startsWith("//", at)) {
          comment(endOfLine(at));
        } else if (language != Language.PYTHON && text.startsWith("/*", at)) {
          int end = text.indexOf("*/", at + 2);
          comment(end < 0 ? text.length() : end + 2);
        } else if (c == '"' || c == '\'' || c == '`') {
          literal(c);
        } else {
          at++;
        }
      }
      return new SourceText(language, new String(code), new String(masked));
    }

    private void comment(int end) {
      blank(code, at, end);
      blank(masked, at, end);
      at = end;
    }

    private void literal(char quote) {
      String triple = String.valueOf(quote).repeat(3);
      boolean hasTriple = language == Language.PYTHON || language == Language.JAVA;
      if (hasTriple && quote != '`' && text.startsWith(triple, at)) {
        int end = text.indexOf(triple, at + 3);
        mask(at + 1, end < 0 ? text.length() : end + 3);
      } else if (quote == '`' && (language == Language.JAVASCRIPT || language == Language.GO)) {
        mask(at + 1, endOfString(quote, true));
      } else if (quote == '`' || isLifetime(quote)) {
        at++;
      } else {
        mask(at + 1, endOfString(quote, language == Language.RUST));
      }
    }

    /** In Rust a single quote starts a character only when another one follows at once. */
    private boolean isLifetime(char quote) {
      return language == Language.RUST
          && quote == '\''
          && !text.startsWith("\\", at + 1)
          && !text.startsWith("'", at + 2);
    }

    private int endOfString(char quote, boolean severalLines) {
      for (int i = at + 1; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\' && !(quote == '`' && language == Language.GO)) {
          i++;
        } else if (c == quote) {
          return i + 1;
        } else if (c == '\n' && !severalLines) {
          return i;
        }
      }
      return text.length();
    }

    private void mask(int from, int end) {
      blank(masked, from, end);
      at = end;
    }

    private int endOfLine(int from) {
      int end = text.indexOf('\n', from);
      return end < 0 ? text.length() : end;
    }

    private static void blank(char[] chars, int from, int end) {
      for (int i = from; i < Math.min(end, chars.length); i++) {
        if (chars[i] != '\n') {
          Arrays.fill(chars, i, i + 1, ' ');
        }
      }
    }
  }
}
