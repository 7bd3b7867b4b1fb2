package dev.winnow.evidence.tamper;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Functions of a test file that are no tests and check something: a test may hand its checks to
 * them.
 *
 * @param bodies by the function's name
 */
record AssertingHelpers(Map<String, String> bodies) {

  static final AssertingHelpers NONE = new AssertingHelpers(Map.of());

  private static final int MOST = 200;

  private static final Pattern FUNCTION =
      Pattern.compile(
          "\\b(?:def|function|func|fn|fun|void|boolean)\\s+(\\w+)\\s*(?:<[^>\\n]*>)?\\s*\\("
              + "|\\b(?:const|let)\\s+(\\w+)\\s*=\\s*(?:async\\s*)?(?:function\\b|\\([^)\\n]*\\)\\s*(?::[^=\\n]*)?=>|\\w+\\s*=>)");

  /**
   * @param rest what of the file is in no test
   */
  static AssertingHelpers of(SourceText.Language language, String rest) {
    Map<String, String> bodies = new LinkedHashMap<>();
    Matcher function = FUNCTION.matcher(rest);
    String name = "";
    int start = 0;
    while (function.find() && bodies.size() < MOST) {
      add(language, bodies, name, rest.substring(start, function.start()));
      name = function.group(1) == null ? function.group(2) : function.group(1);
      start = function.start();
    }
    add(language, bodies, name, rest.substring(start));
    return new AssertingHelpers(bodies);
  }

  private static void add(
      SourceText.Language language, Map<String, String> bodies, String name, String body) {
    // names such as assertSlug count as assertions where they are called
    if (!name.isEmpty() && TestChecks.assertions(language, name + "()") == 0) {
      int open = body.indexOf('(');
      if (TestChecks.assertions(language, body.substring(Math.max(0, open))) > 0) {
        bodies.put(name, body);
      }
    }
  }

  /** How often a test calls them. */
  long calls(String test) {
    return bodies.keySet().stream().mapToLong(name -> count(name, test)).sum();
  }

  /** How many of the helpers that a test calls check next to nothing. */
  long weak(String test) {
    return bodies.entrySet().stream()
        .filter(helper -> count(helper.getKey(), test) > 0 && TestChecks.weak(helper.getValue()))
        .count();
  }

  private static long count(String name, String code) {
    long found = 0;
    Matcher call = Pattern.compile("\\b" + name + "\\s*\\(").matcher(code);
    while (call.find()) {
      found++;
    }
    return found;
  }
}
