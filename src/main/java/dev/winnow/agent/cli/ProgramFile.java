package dev.winnow.agent.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * An installed agent program.
 *
 * @param path the program itself, no launcher, without links
 * @param mounts what has to be visible in the sandbox to start it
 * @param version as it says itself: {@code 0.169.0}
 */
record ProgramFile(Path path, List<Path> mounts, String version) {
  ProgramFile {
    mounts = List.copyOf(mounts);
  }
}
