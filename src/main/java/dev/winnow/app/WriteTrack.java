package dev.winnow.app;

import dev.winnow.spec.Spec;
import dev.winnow.spec.conductor.ConductorFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/** Writes a spec as a Conductor track. */
final class WriteTrack {

  private WriteTrack() {}

  /** Returns the track's id. */
  static String of(Spec spec, Path directory, Optional<String> shortName) {
    return ConductorFiles.create(directory)
        .add(spec, shortName, LocalDate.now(ZoneId.systemDefault()), Instant.now());
  }
}
