package dev.winnow.evidence.tamper;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a piece of test code checks: its assertions, its table rows, and what switches it off. */
final class TestChecks {

  private static final Pattern ASSERTION =
      Pattern.compile(
          "\\b(?:assert\\w*|expect\\w*|verify\\w*|fail|should\\w*|ensure\\w*)!?\\s*(?:\\.\\s*\\w+\\s*)*\\("
              + "|\\bt\\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow|is|deepEqual|equal|like|throws)\\s*\\("
              + "|\\b(?:require|assert)\\.\\w+\\s*\\("
              + "|\\bself\\.(?:assert\\w*|fail\\w*)\\s*\\("
              + "|\\bpytest\\.(?:raises|approx|warns)\\s*\\("
              + "|\\bassert\\b[ \\t(]");
  private static final Pattern GO_CONDITION = Pattern.compile("\\bif\\b[^{\\n]*\\{");

  /** A line of a table of cases: a tuple, a composite literal, or bare string literals. */
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^[ \\t]*(?:[({\\[].*[0-9\"'].*[)}\\]],?|(?:\"[^\"\\n]*\"|'[^'\\n]*'),?)[ \\t]*$");

  private static final Pattern LITERAL =
      Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)*'|\\b\\d[\\w.]*");

  /** Assertions that hold for nearly anything, or the opposite of what was asserted. */
  private static final Pattern WEAK =
      Pattern.compile(
          "\\bassert(?:Not\\w*|IsNot\\w*|DoesNot\\w*|IsInstance\\w*)\\b|\\.is(?:NotNull|NotEqualTo|NotEmpty)\\b"
              + "|\\.not\\.|\\bnot(?:Equal|DeepEqual|StrictEqual)\\b|\\bis\\s+not\\s+None\\b|!="
              + "|\\btoBe(?:Defined|Truthy)\\b|\\bdoesNotThrow\\b|\\bassert\\s+True\\b|\\bassert_ne!"
              + "|\\bNotNil\\b|\\bNotEqual\\b|\\bassertTrue\\(\\s*[Tt]rue\\b|\\|\\|\\s*true\\b|\\bor\\s+True\\b");

  private static final Pattern FALSE_CHECK =
      Pattern.compile("\\bassertFalse\\b|\\bisFalse\\b|\\btoBeFalsy\\b|\\bFalse\\(t\\b");

  private static final Pattern DISABLED =
      Pattern.compile(
          "@(?:\\w+\\.)*(?:Disabled\\w*|EnabledIf\\w*|EnabledOn\\w*|EnabledFor\\w*|Ignore|Ignored)\\b"
              + "|\\b[Aa]ssum(?:e|ing|ption|eTrue|eFalse|eThat|eNot\\w*|eNo\\w*)\\w*\\s*[.(]"
              + "|\\bunittest\\.skip\\w*|@skip\\w*|@expectedFailure|\\bexpectedFailure\\b"
              + "|\\bpytest\\.(?:mark\\.)?(?:skip\\w*|xfail|importorskip)\\b|\\bself\\.skipTest\\s*\\(|\\bSkipTest\\b"
              + "|\\b(?:test|it|describe|suite|context|specify)\\.(?:skip\\w*|todo|only|fixme|failing)\\b"
              + "|\\bx(?:it|test|describe|context)\\s*\\(|\\b(?:skip|todo)\\s*:\\s*[^fu\\s,}]"
              + "|\\b(?:this|t|ctx|context|test)\\.(?:skip|todo)\\s*\\(|\\bt\\.Skip\\w*\\s*\\("
              + "|#\\[\\s*ignore|#\\[\\s*cfg_attr\\([^\\]]*ignore|//go:build\\b|\\+build\\b|\\bTestAbortedException\\b");

  /** Ways to leave a test before its assertions, or to swallow their failure. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          "(?m)^[ \\t]*return;?[ \\t]*$|\\bcatch\\s*\\(?[^)\\n{]*|\\bexcept\\b[^:\\n]*:"
              + "|\\bcontextlib\\.suppress\\b|\\bif\\s*\\(?\\s*(?:false|False|0)\\s*\\)?\\s*[:{]"
              + "|\\brecover\\(\\)|\\bcatch_unwind\\b|\\.catch\\s*\\(");

  /** What decides whether the lines behind it are executed. */
  private static final Pattern CONDITION = Pattern.compile("\\b(?:if|elif|match|switch)\\b");

  private static final Pattern PARAMETERS =
      Pattern.compile(
          "\\bparametrize\\b|\\.each\\b|@(?:\\w+\\.)*(?:CsvSource|ValueSource|EnumSource)\\b|\\brstest\\b|#\\[\\s*case");

  /**
   * Names of tests taken away behind their definition, and whole modules that are not collected.
   */
  private static final Pattern UNDONE =
      Pattern.compile("(?m)\\b__test__\\s*=|^\\s*del\\s+\\w|^\\s*[Tt]est\\w*\\s*=[^=]");

  private TestChecks() {}

  /** What switches tests off; a text between quotes does not. */
  static long disabled(SourceText.Language language, String code) {
    String masked = masked(language, code);
    return count(DISABLED, masked)
        + (language == SourceText.Language.PYTHON ? count(UNDONE, masked) : 0);
  }

  static long escapes(SourceText.Language language, String code) {
    return count(ESCAPE, masked(language, code));
  }

  /** Whether checks that stay are made to depend on something that they did not depend on. */
  static boolean moreConditions(SourceText.Language language, String old, String now) {
    return count(CONDITION, masked(language, now)) > count(CONDITION, masked(language, old))
        && assertions(language, now) <= assertions(language, old);
  }

  /** Whether cases of a test with parameters are gone, and nothing has come in their place. */
  static boolean losesCases(String old, String now) {
    if (!PARAMETERS.matcher(old).find()) {
      return false;
    }
    List<String> before = literals(old);
    List<String> after = literals(now);
    List<String> added = new ArrayList<>(after);
    before.forEach(added::remove);
    return added.isEmpty() && after.size() < before.size();
  }

  private static List<String> literals(String code) {
    List<String> literals = new ArrayList<>();
    Matcher literal = LITERAL.matcher(code);
    while (literal.find()) {
      literals.add(literal.group());
    }
    return literals;
  }

  private static String masked(SourceText.Language language, String code) {
    return SourceText.of(fileName(language), code).masked();
  }

  /** Each assertion and table row without blanks, with its number of occurrences. */
  static Map<String, Integer> of(SourceText.Language language, String code) {
    SourceText source = SourceText.of(fileName(language), code);
    int[] brackets = source.brackets();
    Map<String, Integer> checks = new LinkedHashMap<>();
    int behind = 0;
    Matcher assertion = ASSERTION.matcher(source.masked());
    while (assertion.find()) {
      if (assertion.start() >= behind) {
        behind = statementEnd(source.masked(), brackets, assertion.start());
        add(checks, source.code().substring(assertion.start(), behind));
      }
    }
    if (language == SourceText.Language.GO) {
      collect(GO_CONDITION, source.code(), checks);
    }
    collect(ROW, source.code(), checks);
    return checks;
  }

  /** Occurrences of a check in the code, however that is laid out. */
  static int occurrences(String check, String squeezedCode) {
    int found = 0;
    for (int at = squeezedCode.indexOf(check);
        at >= 0;
        at = squeezedCode.indexOf(check, at + check.length())) {
      found++;
    }
    return found;
  }

  /**
   * Whether the new form of a test may still check the same: a renamed variable, an assertion moved
   * to a helper, or another assertion library.
   *
   * @param helpers of the file as it is now
   */
  static boolean sameStrength(
      SourceText.Language language,
      String removedCheck,
      String oldCode,
      String newCode,
      AssertingHelpers helpers) {
    List<String> literals = literals(removedCheck);
    String squeezed = SourceText.squeeze(newCode);
    boolean keepsLiterals =
        literals.stream()
            .allMatch(one -> squeezed.contains(one) || squeezed.contains(otherQuotes(one)));
    return keepsLiterals
        && assertions(language, newCode) + helpers.calls(newCode)
            >= assertions(language, oldCode) + helpers.calls(oldCode)
        && count(WEAK, newCode) + helpers.weak(newCode)
            <= count(WEAK, oldCode) + helpers.weak(oldCode)
        && count(FALSE_CHECK, newCode) == count(FALSE_CHECK, oldCode);
  }

  static long assertions(SourceText.Language language, String code) {
    return count(ASSERTION, masked(language, code));
  }

  static boolean weak(String code) {
    return WEAK.matcher(code).find();
  }

  private static String otherQuotes(String literal) {
    return literal.startsWith("\"") ? literal.replace('"', '\'') : literal.replace('\'', '"');
  }

  private static int statementEnd(String masked, int[] brackets, int start) {
    int i = start;
    while (i < masked.length()) {
      char c = masked.charAt(i);
      if (c == '(' || c == '[' || c == '{') {
        i = brackets[i];
      } else if (c == ';' || c == '}' || c == ')') {
        return i;
      } else if (c == '\n' && !continues(masked, i)) {
        return i;
      } else {
        i++;
      }
    }
    return Math.min(i, masked.length());
  }

  /** A chained call may go on in the next line. */
  private static boolean continues(String masked, int newline) {
    int next = newline;
    while (next < masked.length() && Character.isWhitespace(masked.charAt(next))) {
      next++;
    }
    return next < masked.length() && masked.charAt(next) == '.';
  }

  private static void collect(Pattern pattern, String code, Map<String, Integer> checks) {
    Matcher found = pattern.matcher(code);
    while (found.find()) {
      add(checks, found.group());
    }
  }

  private static void add(Map<String, Integer> checks, String text) {
    String squeezed = SourceText.squeeze(text);
    while (squeezed.endsWith(",") || squeezed.endsWith(";")) {
      squeezed = squeezed.substring(0, squeezed.length() - 1);
    }
    checks.merge(squeezed, 1, Integer::sum);
  }

  private static long count(Pattern pattern, String text) {
    long found = 0;
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found++;
    }
    return found;
  }

  private static String fileName(SourceText.Language language) {
    return switch (language) {
      case JAVA -> "T.java";
      case JAVASCRIPT -> "t.js";
      case PYTHON -> "t.py";
      case GO -> "t.go";
      case RUST -> "t.rs";
      case OTHER -> "t";
    };
  }
}
