package dev.winnow.http;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Budget;
import dev.winnow.http.RunShapes.NewRun;
import dev.winnow.run.RunOptions;
import dev.winnow.run.RunTerms;
import dev.winnow.run.StartFromSpec;
import dev.winnow.run.StartRun;
import dev.winnow.spec.Task;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a use case's request of what a client sent, or says which field is wrong. */
final class CheckNewRun {

  private final Backend backend;
  private final List<Path> repositories;

  CheckNewRun(Backend backend, List<Path> repositories) {
    this.backend = backend;
    this.repositories = repositories;
  }

  static boolean isQuestion(NewRun asked) {
    String kind = asked.kind() == null ? "change" : asked.kind();
    return switch (kind) {
      case "change" -> false;
      case "answer" -> true;
      default -> throw Problem.invalid("kind", "Must be change or answer.");
    };
  }

  StartRun.Change change(NewRun asked, Principal who) {
    if (asked.junit() != null && asked.testCommand() == null) {
      throw Problem.invalid("junit", "Only goes with testCommand.");
    }
    if (asked.runner() != null && asked.testCommand() != null) {
      throw Problem.invalid("runner", "runner and testCommand exclude each other.");
    }
    if (asked.spec() != null && asked.task() != null) {
      throw Problem.invalid("spec", "spec and task exclude each other.");
    }
    if (asked.track() != null && (asked.task() != null || asked.spec() != null)) {
      throw Problem.invalid("track", "task, spec and track exclude each other.");
    }
    // in the order of the form: the request before the repository
    Optional<Task> own =
        asked.spec() == null && asked.track() == null
            ? Optional.of(task("task", asked.task()))
            : Optional.empty();
    String place = asked.repository();
    if (place == null && asked.spec() != null) {
      requireSpec(asked.spec(), who);
      place = backend.specs().service().get(asked.spec()).repository().orElse(null);
    }
    Path repository = repository(place, who);
    Optional<StartFromSpec> planned =
        asked.track() == null
            ? Optional.ofNullable(asked.spec()).map(id -> spec(id, who))
            : Optional.of(track(repository, asked.track()));
    RunOptions options =
        new RunOptions(
            planned.map(StartFromSpec::task).or(() -> own).orElseThrow(),
            repository,
            Optional.ofNullable(asked.base()),
            Boolean.TRUE.equals(asked.includeUncommitted()),
            agents("agents", asked.agents(), who),
            agent("tester", asked.tester(), who),
            Optional.ofNullable(asked.runner()),
            Optional.ofNullable(asked.testCommand()),
            Optional.ofNullable(asked.junit()),
            time(asked.maxTimeSeconds()),
            branch(asked.apply()),
            new RunTerms(
                budget(asked.budget()),
                backend.terms().approve() || Boolean.TRUE.equals(asked.approve()),
                backend.terms().answerWithin()),
            planned.map(StartFromSpec::source));
    return new StartRun.Change(options, agent("judge", asked.judge(), who), false);
  }

  private void requireSpec(UUID id, Principal who) {
    if (!backend.specs().service().sees(id, who.whose().submitter())) {
      throw Problem.invalid("spec", "There is no such spec, or it is not yours.");
    }
  }

  private StartFromSpec spec(UUID id, Principal who) {
    requireSpec(id, who);
    try {
      return StartFromSpec.spec(backend.specs().service(), backend.specs().service().get(id));
    } catch (WinnowException e) {
      throw Problem.invalid("spec", CleanText.line(String.valueOf(e.getMessage())));
    }
  }

  private static StartFromSpec track(Path repository, String id) {
    try {
      return StartFromSpec.track(repository, id);
    } catch (WinnowException e) {
      throw Problem.invalid("track", CleanText.line(String.valueOf(e.getMessage())));
    }
  }

  StartRun.Question question(NewRun asked, Principal who) {
    refuseForQuestion("repository", asked.repository());
    refuseForQuestion("base", asked.base());
    refuseForQuestion("includeUncommitted", asked.includeUncommitted());
    refuseForQuestion("tester", asked.tester());
    refuseForQuestion("runner", asked.runner());
    refuseForQuestion("testCommand", asked.testCommand());
    refuseForQuestion("junit", asked.junit());
    refuseForQuestion("apply", asked.apply());
    refuseForQuestion("approve", asked.approve());
    refuseForQuestion("spec", asked.spec());
    refuseForQuestion("track", asked.track());
    return new StartRun.Question(
        task("task", asked.task()),
        agents("agents", asked.agents(), who),
        agent("judge", asked.judge(), who),
        time(asked.maxTimeSeconds()),
        budget(asked.budget()),
        false);
  }

  /** What is left unread would be believed to count: that somebody must approve, above all. */
  private static void refuseForQuestion(String field, @Nullable Object value) {
    if (value != null && !value.equals("") && !value.equals(false)) {
      throw Problem.invalid(field, "Only for a change: a run of kind answer has no such thing.");
    }
  }

  static int priority(NewRun asked) {
    int priority = asked.priority() == null ? 0 : asked.priority();
    if (priority < -100 || priority > 100) {
      throw Problem.invalid("priority", "Must be from -100 to 100.");
    }
    return priority;
  }

  static Task task(String field, @Nullable String text) {
    if (text == null) {
      throw Problem.invalid(field, "Say what should change.");
    }
    try {
      return new Task(text);
    } catch (WinnowException e) {
      throw Problem.invalid(field, String.valueOf(e.getMessage()));
    }
  }

  private static Budget budget(@Nullable Budget asked) {
    return asked == null ? Budget.UNLIMITED : asked;
  }

  private static Duration time(@Nullable Integer seconds) {
    if (seconds == null) {
      return RunOptions.USUAL_TIME;
    }
    if (seconds < 1 || seconds > 7 * 24 * 3600) {
      throw Problem.invalid("maxTimeSeconds", "Must be from 1 to 604800.");
    }
    return Duration.ofSeconds(seconds);
  }

  private static boolean branch(@Nullable String apply) {
    return switch (apply == null ? "branch" : apply) {
      case "branch" -> true;
      case "none" -> false;
      default -> throw Problem.invalid("apply", "Must be branch or none.");
    };
  }

  List<String> agents(String field, @Nullable List<String> asked, Principal who) {
    List<String> names = asked == null ? backend.usualAgents() : new ArrayList<>(asked);
    if (names.isEmpty() || names.contains(null)) {
      throw Problem.invalid(field, "Name at least one agent; GET /api/v1/agents lists them.");
    }
    if (who.role() != Role.ADMIN) {
      names.forEach(name -> declared(field, name));
    }
    try {
      var _ = backend.agents().resolve(names, backend.directory());
    } catch (WinnowException e) {
      throw Problem.invalid(field, CleanText.line(String.valueOf(e.getMessage())));
    }
    return names;
  }

  private Optional<String> agent(String field, @Nullable String name, Principal who) {
    return name == null
        ? Optional.empty()
        : Optional.of(agents(field, List.of(name), who).getFirst());
  }

  /** {@code scripted:FILE} reads a file of the server. */
  private void declared(String field, String name) {
    if (!backend.agents().configured().containsKey(name.replaceFirst(":\\d+$", ""))) {
      throw Problem.invalid(
          field, "There is no agent of this name; GET /api/v1/agents lists them.");
    }
  }

  /** For whoever is no admin, what is outside of the allowed directories does not exist. */
  Path repository(@Nullable String asked, Principal who) {
    if (asked == null || asked.isBlank()) {
      throw Problem.invalid("repository", "Give the path of a git repository on the server.");
    }
    Path path;
    try {
      path = Path.of(asked);
    } catch (InvalidPathException e) {
      throw Problem.invalid("repository", "This is not a path.");
    }
    if (!path.isAbsolute()) {
      throw Problem.invalid("repository", "Must be an absolute path on the server.");
    }
    Problem none =
        Problem.invalid(
            "repository",
            who.role() == Role.ADMIN
                ? "There is no such directory on the server."
                : "There is no such directory on the server below those that server.repositories"
                    + " allows.");
    try {
      Path real = path.toRealPath();
      if (!java.nio.file.Files.isDirectory(real)) {
        throw none;
      }
      if (who.role() != Role.ADMIN && repositories.stream().noneMatch(real::startsWith)) {
        throw none;
      }
      return real;
    } catch (IOException e) {
      throw none;
    }
  }
}
