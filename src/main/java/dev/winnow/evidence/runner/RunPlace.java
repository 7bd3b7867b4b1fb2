package dev.winnow.evidence.runner;

import java.nio.file.Path;

/**
 * Where one test run happens.
 *
 * @param workspace the files under test
 * @param reports a fresh directory with an unguessable name, outside the workspace, that only this
 *     run can write
 * @param caches Winnow's caches of dependencies; read-only for every run but {@code prepare}
 * @param scripts Winnow's own reporter scripts, unpacked, read-only
 * @param tools the programs of this machine
 */
public record RunPlace(Path workspace, Path reports, Path caches, Path scripts, FindTools tools) {

  /** Name of the file that a runner sends its output to when the output is the report. */
  static final String OUTPUT = "output.txt";

  static final int MAX_OUTPUT = 64 << 20;

  Path output() {
    return reports.resolve(OUTPUT);
  }
}
