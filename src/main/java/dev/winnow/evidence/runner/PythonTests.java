package dev.winnow.evidence.runner;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What unittest and pytest share. */
final class PythonTests {

  static final List<String> OUTPUTS =
      List.of("__pycache__/", "*.pyc", ".pytest_cache/", "*.egg-info/", ".venv/", ".coverage");

  // no byte code: a stale one could stand for a deleted source
  static final Map<String, String> ENVIRONMENT =
      Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONUNBUFFERED", "1", "PYTHONHASHSEED", "0");

  private static final Set<String> BUILD =
      Set.of(
          "conftest.py",
          "pytest.ini",
          ".pytest.ini",
          "tox.ini",
          "setup.cfg",
          "setup.py",
          "pyproject.toml",
          "sitecustomize.py",
          "usercustomize.py",
          "noxfile.py");

  /** Exit status of Winnow's scripts when the framework is not the one that they started with. */
  static final int TAMPERED = 97;

  private PythonTests() {}

  static TestRunner.Explanation tampered(String output) {
    String names =
        output
            .lines()
            .filter(line -> line.startsWith("winnow: replaced "))
            .reduce((_, last) -> last)
            .map(line -> ": " + line.substring("winnow: replaced ".length()))
            .orElse("");
    return new TestRunner.Explanation(
        TestRun.Verdict.NOT_BELIEVED,
        Excerpt.firstLine(
            "the code under test replaces parts of the test framework at run time" + names));
  }

  static boolean isTestFile(String path) {
    String name = RepositoryPath.name(path);
    return RepositoryPath.inTestDirectory(path)
        || (name.endsWith(".py") && (name.startsWith("test") || name.endsWith("_test.py")))
        || name.equals("conftest.py");
  }

  static boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return BUILD.contains(name) || name.endsWith(".pth") || name.startsWith("requirements");
  }

  static boolean definedIn(String id, String path) {
    int end = id.indexOf("::");
    return path.equals(end < 0 ? id : id.substring(0, end));
  }
}
