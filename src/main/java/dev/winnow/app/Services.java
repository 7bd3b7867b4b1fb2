package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.FindTools;
import dev.winnow.judge.Decision;
import dev.winnow.judge.Judge;
import dev.winnow.run.CandidateRecord;
import dev.winnow.run.ChangeRun;
import dev.winnow.run.PrepareRun;
import dev.winnow.run.PreparedRun;
import dev.winnow.run.RunLimits;
import dev.winnow.run.RunOptions;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import dev.winnow.run.RunSummary;
import dev.winnow.store.Database;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.Sandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The use cases, wired for one command. */
final class Services implements AutoCloseable {

  private static final int MAX_DIFF_BYTES = 16 << 20;

  private final Settings settings;
  private final Database database;
  private final RunStore runs;
  private final EventReader events;

  private Services(Settings settings, Database database) {
    this.settings = settings;
    this.database = database;
    this.runs = new RunStore(database);
    this.events = new EventReader(database);
  }

  /**
   * Opens the database that the settings name.
   *
   * <p>A line on stderr comes before something that takes seconds.
   */
  static Services open(Context context, Settings settings) {
    return new Services(
        settings,
        Database.open(
            settings.dataDirectory(),
            Optional.ofNullable(settings.databaseUrl()),
            context.console().err()::println));
  }

  /** Runs a change to its end; events arrive in order, one at a time. */
  ReportView change(
      RunOptions options,
      boolean mayRunWithoutSandbox,
      Path directory,
      Consumer<RecordedEvent> view,
      Cancellation cancellation) {
    Sandbox sandbox = sandbox(mayRunWithoutSandbox);
    AgentRegistry agents = Agents.registry(settings);
    BindRunner binding =
        new BindRunner(settings.dataDirectory(), sandbox, FindTools.onThisMachine());
    PreparedRun run =
        new PrepareRun(settings.dataDirectory(), agents, binding).prepare(options, directory);
    ChangeRun change =
        new ChangeRun(
            database,
            settings.dataDirectory(),
            sandbox,
            new Toolbox(settings.tools(), Agents.delegates(settings)),
            limits());
    change.create(run);
    // the view reads the log like any other client, so that it shows what watching would show
    Cancellation stopView = new Cancellation();
    Thread viewer = Thread.ofVirtual().start(() -> follow(run.id(), view, stopView));
    try {
      change.execute(run, cancellation);
    } catch (RuntimeException e) {
      stopView.cancel("the run broke");
      throw e;
    } finally {
      join(viewer);
    }
    return report(run.id());
  }

  private void follow(UUID run, Consumer<RecordedEvent> view, Cancellation stop) {
    try {
      events.follow(run, 0, view, stop);
    } catch (Cancellation.Cancelled e) {
      // there is nothing more to show
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Sandbox sandbox(boolean mayRunWithout) {
    try {
      return ChooseSandbox.choose(settings.sandbox(), settings.dataDirectory());
    } catch (WinnowException e) {
      if (mayRunWithout && settings.sandbox() == ChooseSandbox.Preference.AUTO) {
        return ChooseSandbox.choose(ChooseSandbox.Preference.NONE, settings.dataDirectory());
      }
      throw e;
    }
  }

  private RunLimits limits() {
    return new RunLimits(
        settings.limits().parallelism(),
        settings.limits().testTime(),
        Limits.DEFAULT.withWall(settings.limits().commandTime()),
        AgentLimits.DEFAULT);
  }

  /** The newest runs first. */
  List<RunSummary> list(int limit) {
    return runs.list(limit);
  }

  /**
   * The run with this id, or with this unambiguous beginning or end of an id, or the newest for
   * {@code latest}.
   *
   * @throws WinnowException of category USAGE when there is none
   */
  UUID find(String id) {
    return runs.find(id).id();
  }

  ReportView report(UUID id) {
    RunRecord run = runs.find(id.toString());
    return new LoadReport(runs, events).of(run, run.decision(), run.status());
  }

  /**
   * All events of a run so far, and then those that come, until it is finished or its process is
   * gone.
   */
  void watch(UUID id, Consumer<RecordedEvent> view, Cancellation cancellation) {
    if (runs.find(id.toString()).status().equals(RunRecord.INTERRUPTED)) {
      events.read(id, 0, Integer.MAX_VALUE).forEach(view);
      return;
    }
    events.follow(id, 0, view, cancellation);
  }

  /** The change of a candidate, or of the winner, as a unified diff. */
  String diff(UUID id, @Nullable String candidate) {
    RunRecord run = runs.find(id.toString());
    String wanted = candidate == null ? winner(run) : candidate;
    List<CandidateRecord> candidates = runs.candidates(id);
    String commit =
        candidates.stream()
            .filter(c -> c.id().equals(wanted))
            .map(CandidateRecord::commit)
            .findFirst()
            .orElseThrow(() ->
                WinnowException.usage(
                    "Run %s has no candidate '%s'; it has %s."
                        .formatted(
                            id,
                            SafeText.line(wanted, 40),
                            candidates.isEmpty()
                                ? "none"
                                : String.join(
                                    ", ", candidates.stream().map(CandidateRecord::id).toList()))));
    if (commit == null || run.base() == null) {
      throw WinnowException.usage("Candidate %s of run %s has no change.".formatted(wanted, id));
    }
    Mirror mirror = Mirror.open(settings.dataDirectory(), Path.of(run.repository()));
    return mirror.diff(mirror.treeOf(run.base()), mirror.treeOf(commit), List.of(), MAX_DIFF_BYTES);
  }

  private static String winner(RunRecord run) {
    Decision decision = run.decision();
    if (decision == null || decision.winner() == null) {
      throw WinnowException.usage(
          "Run %s has no winner: name a candidate, such as c1.".formatted(run.id()));
    }
    return decision.winner();
  }

  /** Decides again from the stored evidence, without changing what is stored. */
  ReportView rejudge(UUID id) {
    RunRecord run = runs.find(id.toString());
    if (run.evidence() == null) {
      throw WinnowException.usage(
          "Run %s ended before there was evidence (%s): there is nothing to judge."
              .formatted(id, run.status()));
    }
    Decision decision = Judge.decide(run.evidence());
    ReportView report = new LoadReport(runs, events).of(run, decision, decision.outcome().label());
    return decision.equals(run.decision())
        ? report
        : report.withNotice("The stored decision is another one: the rules have changed since.");
  }

  @Override
  public void close() {
    database.close();
  }
}
