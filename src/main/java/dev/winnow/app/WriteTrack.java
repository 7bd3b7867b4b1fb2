package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.spec.Spec;
import java.nio.file.Path;

/** stub */
final class WriteTrack {
  private WriteTrack() {}

  static String of(Spec spec, Path directory) {
    throw WinnowException.usage("not yet");
  }
}
