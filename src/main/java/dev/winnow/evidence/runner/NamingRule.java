package dev.winnow.evidence.runner;

/** Tells an agent where each runner looks for tests. */
public final class NamingRule {

  private NamingRule() {}

  public static String of(String runner) {
    return switch (runner) {
      case "maven", "gradle" ->
          "Tests are classes named *Test below src/test/java, with methods annotated @Test.";
      case "unittest" ->
          "Tests are files named test_*.py with unittest.TestCase classes and test_* methods.";
      case "pytest" -> "Tests are files named test_*.py or *_test.py with test_* functions.";
      case "node" ->
          "Tests are files named *.test.js (or .mjs, .cjs), or JavaScript files below test/.";
      case "npm" ->
          "Tests are files that `npm test` finds, usually *.test.js or files below test/.";
      case "go" -> "Tests are files named *_test.go with func TestXxx(t *testing.T).";
      case "cargo" -> "Tests are .rs files below tests/ with functions marked #[test].";
      default ->
          "Put tests where the repository's test command finds them, beside its other tests.";
    };
  }
}
