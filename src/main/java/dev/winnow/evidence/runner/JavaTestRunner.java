package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;

/** What Maven and Gradle share: where tests stand, what their ids mean, and JUnit's XML. */
interface JavaTestRunner extends TestRunner {

  @Override
  default boolean isTestFile(String path) {
    return JavaBuild.isTestFile(path);
  }

  @Override
  default boolean definedIn(String id, String path) {
    return JavaBuild.definedIn(id, path);
  }

  @Override
  default Report report(RunPlace place, CommandResult result) {
    return CollectJunit.inWorkspace(place.workspace(), reportGlobs(), CollectJunit::javaId);
  }
}
