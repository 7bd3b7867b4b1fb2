package dev.winnow.evidence.runner;

import java.util.List;
import java.util.Optional;

/** What node's own runner and those of npm share: the files of a project, and what installs it. */
interface NodeTestRunner extends TestRunner {

  @Override
  default boolean isTestFile(String path) {
    return NodeProject.isTestFile(path);
  }

  @Override
  default boolean isBuildFile(String path) {
    return NodeProject.isBuildFile(path);
  }

  @Override
  default List<String> buildOutputs() {
    return List.of("node_modules/", "coverage/", ".nyc_output/");
  }

  @Override
  default Optional<Invocation> preparation(RunPlace place) {
    return NodeProject.install(place);
  }
}
