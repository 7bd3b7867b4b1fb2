package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.spec.conductor.ConductorFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Marks the task of a plan that an accepted change has done. Done twice, it changes nothing. */
final class MarkTrack {

  private MarkTrack() {}

  /** What the user should know, or empty when all is well; the change is accepted in any case. */
  static Optional<String> of(RunRequest request, String commit) {
    RunSource.TrackTask task = request.source().flatMap(RunSource::track).orElse(null);
    if (task == null) {
      return Optional.empty();
    }
    try {
      ConductorFiles files = ConductorFiles.open(Path.of(task.directory()));
      boolean marked =
          files.markDone(
              files.track(task.track()), task.phase(), task.task(), commit, Instant.now());
      return marked
          ? Optional.empty()
          : Optional.of(
              "The task '%s' is not open in the plan of track %s any more: nothing was marked."
                  .formatted(task.task(), task.track()));
    } catch (WinnowException e) {
      return Optional.of(
          "The change is accepted, but its task could not be marked: " + e.getMessage());
    }
  }
}
