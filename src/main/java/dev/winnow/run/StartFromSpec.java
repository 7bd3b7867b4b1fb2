package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.ReadCriteria;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import dev.winnow.spec.SpecStatus;
import dev.winnow.spec.Task;
import dev.winnow.spec.Validation;
import dev.winnow.spec.Validation.Severity;
import dev.winnow.spec.WriteMarkdown;
import dev.winnow.spec.conductor.ConductorFiles;
import dev.winnow.spec.conductor.PlanFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a run is to do that begins from a plan.
 *
 * @param notice what the user should know besides, or empty
 */
public record StartFromSpec(Task task, RunSource source, String notice) {

  private static final int MOST_SPEC_CHARS = 100_000;

  /**
   * The work of a spec. One that was never validated is validated now.
   *
   * @throws WinnowException of category USAGE when it is rejected or not valid
   */
  public static StartFromSpec spec(SpecService specs, Spec found) {
    if (found.status() == SpecStatus.REJECTED) {
      throw WinnowException.usage(
          "Spec %s was rejected: nothing can be run from it.".formatted(found.id()));
    }
    Spec spec = found.status() == SpecStatus.DRAFT ? specs.validate(found.id(), List.of()) : found;
    if (spec.status() == SpecStatus.DRAFT) {
      Validation validation = Objects.requireNonNull(spec.artifacts().validation());
      throw WinnowException.usage(
          "Spec %s is not valid: %s See 'winnow specs show %s'."
              .formatted(
                  spec.id(),
                  validation.findings().stream()
                      .filter(f -> f.severity() == Severity.ERROR)
                      .limit(3)
                      .map(Validation.Finding::message)
                      .collect(Collectors.joining(" ")),
                  spec.id()));
    }
    return new StartFromSpec(
        new Task(spec.title() + "\n\n" + WriteMarkdown.spec(spec)),
        new RunSource(Optional.of(spec.id()), spec.criteria(), Optional.empty()),
        "");
  }

  /**
   * The next open task of a track.
   *
   * @param directory the project, or its Conductor directory
   * @throws WinnowException of category USAGE when there is none, or a person has to do it
   */
  public static StartFromSpec track(Path directory, String id) {
    ConductorFiles files = ConductorFiles.open(directory);
    ConductorFiles.Track track = files.track(id);
    PlanFile plan = files.plan(track);
    if (plan.tasks().isEmpty()) {
      throw WinnowException.usage(
          "The plan of track %s has no task: write '- [ ] Task: ...' into %s."
              .formatted(track.id(), track.plan()));
    }
    PlanFile.Task next =
        plan.next()
            .orElseThrow(() ->
                WinnowException.usage("All tasks of track %s are done.".formatted(track.id())));
    if (next.manual()) {
      throw WinnowException.usage(
          "The next task of track %s is yours (%s): look at the phase, then mark it with [x] in %s."
              .formatted(track.id(), next.text(), track.plan()));
    }
    String spec = files.spec(track);
    List<Criterion> all = ReadCriteria.in(spec);
    List<Criterion> named =
        all.stream().filter(c -> next.text().matches("(?s).*\\b" + c.id() + "\\b.*")).toList();
    return new StartFromSpec(
        new Task(text(track, next, spec)),
        new RunSource(
            Optional.empty(),
            named.isEmpty() ? all : named,
            Optional.of(
                new RunSource.TrackTask(
                    directory.toAbsolutePath().normalize().toString(),
                    track.id(),
                    next.phase(),
                    next.text()))),
        track.notice());
  }

  private static String text(ConductorFiles.Track track, PlanFile.Task task, String spec) {
    StringBuilder text = new StringBuilder(task.text()).append("\n\n");
    task.subtasks().forEach(sub -> text.append("- ").append(sub.text()).append('\n'));
    text.append("\nThis is one task of the track \"")
        .append(track.description())
        .append("\". Do this task only; others come before and after it.\n\n");
    text.append(spec, 0, Math.min(MOST_SPEC_CHARS, spec.length()));
    return text.toString();
  }
}
