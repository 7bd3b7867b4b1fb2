package dev.winnow.evidence.runner;

import java.util.ArrayList;
import java.util.List;
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

  /** Both frameworks run test cases; what a bare assertion does, pytest may have rewritten. */
  static MustFail mustFail(List<String> others, String mark) {
    List<String> select = new ArrayList<>(others.stream().filter(p -> p.endsWith(".py")).toList());
    String directory = select.isEmpty() ? "" : RepositoryPath.directory(select.getFirst());
    String path = (directory.isEmpty() ? "" : directory + "/") + "test_" + mark + ".py";
    select.add(path);
    String source =
        """
        import unittest


        class MustFail_%1$s(unittest.TestCase):
            def test_equal(self):
                self.assertEqual("a", "b")

            def test_number(self):
                self.assertEqual(1, 2)

            def test_true(self):
                self.assertTrue(False)

            def test_bare(self):
                one = "a"
                assert one == "b"

            def test_raises(self):
                raise ValueError("must fail")
        """
            .formatted(mark);
    return new MustFail(Map.of(path, source), select, 5);
  }

  static boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return BUILD.contains(name) || name.endsWith(".pth") || name.startsWith("requirements");
  }
}
