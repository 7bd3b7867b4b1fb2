package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.SpecService;
import dev.winnow.spec.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code spec-run} and {@code plan} both understand. */
final class PlanOptions {

  @Option(names = "--task", paramLabel = "TEXT", description = "What should change.")
  @Nullable String task;

  @Option(
      names = "--task-file",
      paramLabel = "FILE",
      description = "A file that says what should change; - reads stdin.")
  @Nullable String taskFile;

  @Option(names = "--title", paramLabel = "T", description = "A title (default: from the task).")
  private @Nullable String title;

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "The repository that it is about (default: the one around this directory).")
  private @Nullable Path repository;

  @Option(
      names = "--mode",
      paramLabel = "M",
      description =
          "Who asks: stub (fixed questions, no model), single, or dual (default: by the settings).")
  private @Nullable String mode;

  @Option(
      names = "--max-questions",
      paramLabel = "N",
      description = "Questions over all rounds, 0 to 20 (default: by complexity).")
  private @Nullable Integer maxQuestions;

  @Option(
      names = "--agents",
      paramLabel = "A[,B]",
      description = "Who asks, by name or scripted:FILE; one for single, two for dual.")
  private @Nullable String agents;

  @Option(
      names = "--judge",
      paramLabel = "A",
      description = "Who judges between two sets of questions (default: JUDGE_MODEL).")
  private @Nullable String judge;

  @Mixin private final BudgetOptions budget = new BudgetOptions();

  /** Where settings are read from: the repository, if there is one. */
  Path root(Context context) {
    return repository(context).orElse(context.directory());
  }

  /** Whether the user named a repository. */
  boolean repositoryNamed() {
    return repository != null;
  }

  private Optional<Path> repository(Context context) {
    if (repository == null) {
      return Planner.checkout(context.directory());
    }
    Path root = context.directory().resolve(repository).normalize();
    if (!Files.isDirectory(root)) {
      throw WinnowException.usage(root + " is not a directory: give --repo a git repository");
    }
    return Optional.of(root);
  }

  SpecService.Draft draft(Context context, Task what) {
    return new SpecService.Draft(
        what, Optional.ofNullable(title), repository(context), submitter());
  }

  static String submitter() {
    return SafeText.line(System.getProperty("user.name", ""), 60);
  }

  Planner.Wishes wishes() {
    return new Planner.Wishes(
        Optional.ofNullable(mode).map(PlanOptions::mode),
        maxQuestions == null ? OptionalInt.empty() : OptionalInt.of(maxQuestions),
        agents == null
            ? List.of()
            : Arrays.stream(agents.split(",", -1)).map(String::strip).toList(),
        Optional.ofNullable(judge),
        budget.budget());
  }

  private static Mode mode(String name) {
    for (Mode mode : Mode.values()) {
      if (mode.label().equals(name)) {
        return mode;
      }
    }
    throw WinnowException.usage(
        "--mode is stub, single or dual, not '%s'".formatted(SafeText.line(name, 40)));
  }
}
