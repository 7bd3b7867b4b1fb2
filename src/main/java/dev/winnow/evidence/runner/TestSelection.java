package dev.winnow.evidence.runner;

import java.util.List;

/** Which tests to run. */
public sealed interface TestSelection {

  /** All that the repository's test command runs. */
  record All() implements TestSelection {}

  /** The tests in these files (paths relative to the root of the repository). */
  record Files(List<String> paths) implements TestSelection {
    public Files {
      paths = List.copyOf(paths);
    }
  }
}
