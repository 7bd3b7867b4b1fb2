package dev.winnow.evidence.runner;

import java.util.Map;
import java.util.Set;

/** What unittest and pytest share. */
final class PythonTests {

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

  static boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return BUILD.contains(name) || name.endsWith(".pth") || name.startsWith("requirements");
  }
}
