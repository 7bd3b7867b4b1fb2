package dev.winnow.evidence.tamper;

import java.util.Optional;

/** Reads text files of one tree. */
@FunctionalInterface
public interface TreeFiles {

  /** The text, empty when there is no such file or it is too large to be source code. */
  Optional<String> text(String path);
}
