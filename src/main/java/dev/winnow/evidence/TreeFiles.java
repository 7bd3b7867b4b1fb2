package dev.winnow.evidence;

import java.util.Optional;

/** Reads text files of one tree. */
@FunctionalInterface
interface TreeFiles {

  /** The text, empty when there is no such file or it is too large to be source code. */
  Optional<String> text(String path);
}
