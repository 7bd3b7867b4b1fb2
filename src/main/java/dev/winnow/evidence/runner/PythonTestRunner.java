package dev.winnow.evidence.runner;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What unittest and pytest share: the files of a Python project, and what installs it. */
interface PythonTestRunner extends TestRunner {

  @Override
  default boolean isTestFile(String path) {
    String name = RepositoryPath.name(path);
    return RepositoryPath.inTestDirectory(path)
        || (name.endsWith(".py") && (name.startsWith("test") || name.endsWith("_test.py")))
        || name.equals("conftest.py");
  }

  @Override
  default boolean isBuildFile(String path) {
    return PythonTests.isBuildFile(path);
  }

  @Override
  default List<String> buildOutputs() {
    return List.of("__pycache__/", "*.pyc", ".pytest_cache/", "*.egg-info/", ".venv/", ".coverage");
  }

  @Override
  default Optional<MustFail> mustFail(
      List<String> others, Function<String, Optional<String>> text, String mark) {
    return Optional.of(PythonTests.mustFail(others, mark));
  }

  @Override
  default Optional<Invocation> preparation(RunPlace place) {
    return PythonProject.install(place);
  }
}
