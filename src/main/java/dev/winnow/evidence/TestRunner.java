package dev.winnow.evidence;

import java.util.List;

/**
 * A repository's way to run its tests: Maven, Gradle, node, pytest, ... What belongs to tests and
 * what to the build is decided by path alone.
 */
public interface TestRunner {

  /** maven, gradle, node, npm, unittest, pytest, go, cargo or command. */
  String name();

  /** Whether a file holds tests or what only tests use (fixtures, test resources). */
  boolean isTestFile(String path);

  /** Whether a file decides which tests run and how: pom.xml, package.json, conftest.py, ... */
  boolean isBuildFile(String path);

  /** Patterns, in the form of a gitignore file, of what building and testing leaves behind. */
  List<String> buildOutputs();
}
