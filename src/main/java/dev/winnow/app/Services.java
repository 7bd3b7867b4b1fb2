package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.checkpoint.Checkpoint;
import dev.winnow.checkpoint.Checkpoints;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.LedgerEntry;
import dev.winnow.checkpoint.LedgerReader;
import dev.winnow.checkpoint.QueueNumbers;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.WhyQueued;
import dev.winnow.http.Accounts;
import dev.winnow.http.AuditLog;
import dev.winnow.http.Backend;
import dev.winnow.http.Specs;
import dev.winnow.judge.Decision;
import dev.winnow.run.AnswerRun;
import dev.winnow.run.CancelRun;
import dev.winnow.run.CheckRepository;
import dev.winnow.run.CleanUp;
import dev.winnow.run.DecideAgain;
import dev.winnow.run.DeliverLater;
import dev.winnow.run.DiffCandidate;
import dev.winnow.run.ForkRun;
import dev.winnow.run.Node;
import dev.winnow.run.ResumeRun;
import dev.winnow.run.RunOptions;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import dev.winnow.run.RunSummary;
import dev.winnow.run.RunTerms;
import dev.winnow.run.StartRun;
import dev.winnow.run.SubmitRun;
import dev.winnow.run.TimelineSpan;
import dev.winnow.run.TraceStore;
import dev.winnow.spec.Spec;
import dev.winnow.spec.Task;
import dev.winnow.spec.Validation;
import dev.winnow.store.Database;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.telemetry.TelemetrySettings;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The use cases, wired for one command. */
final class Services implements AutoCloseable {

  private final Settings settings;
  private final Database database;
  private final RunStore runs;
  private final EventReader events;
  private @Nullable ThisMachine machine;
  private @Nullable TelemetryCollector telemetry;
  private @Nullable TrySandbox trial;
  private @Nullable ServeMetrics metrics;

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

  /**
   * The same for a command that works on a run: the sandbox is tried out while the database opens.
   *
   * @param sandboxOptional as for {@link #submit}
   */
  static Services openForWork(Context context, Settings settings, boolean sandboxOptional) {
    Leave.prepare();
    ThisMachine machine = new ThisMachine(settings);
    TrySandbox trial = TrySandbox.start(machine, settings, sandboxOptional);
    Services services = open(context, settings);
    services.machine = machine;
    services.trial = trial;
    return checked(services);
  }

  /** For work on the queue. */
  static Services openForQueue(Context context, Settings settings) {
    return checked(open(context, settings));
  }

  private static Services checked(Services services) {
    try {
      services.checkSnapshots();
      return services;
    } catch (RuntimeException e) {
      services.close();
      throw e;
    }
  }

  /** Made when it is needed: commands that only look do without agents, tools and sandbox. */
  private ThisMachine machine() {
    ThisMachine made = machine;
    if (made == null) {
      made = new ThisMachine(settings);
      machine = made;
    }
    return made;
  }

  private Optional<SharedRemote> snapshots() {
    return Optional.ofNullable(settings.snapshots());
  }

  /**
   * Makes sure that files can be left for other nodes, where there can be any.
   *
   * @throws WinnowException that says what is wrong with the remote
   */
  void checkSnapshots() {
    if (database.isExternal()) {
      snapshots().ifPresent(remote -> remote.check(settings.dataDirectory()));
    }
  }

  /** Made where there is work: no other command pays for it. */
  private TelemetryCollector telemetry(boolean node) {
    TelemetryCollector started = telemetry;
    if (started == null) {
      TelemetrySettings chosen = settings.telemetry().withInstance(Node.name());
      started = TelemetryCollector.start(node ? chosen.withPage() : chosen);
      if (node) {
        // a process for one run would ask, and say, what every node says
        started.observe(new QueueNumbers(database));
      }
      telemetry = started;
    }
    return started;
  }

  /** Where a node serves nothing else, if the settings ask for it. */
  void serveMetrics(Consumer<String> tell) {
    if (ServeMetrics.wanted(settings.telemetry().otel())) {
      telemetry(true)
          .page()
          .ifPresent(page -> {
            ServeMetrics serving = ServeMetrics.start(settings.telemetry().otel(), page);
            metrics = serving;
            tell.accept("winnow: metrics are at " + serving.url());
          });
    }
  }

  /**
   * Checks a change and puts it into the queue.
   *
   * @param detached whether other nodes are to work on it; else this process will, at once
   */
  UUID submit(
      RunOptions options,
      Optional<String> judge,
      boolean sandboxOptional,
      Path directory,
      int priority,
      boolean detached) {
    return Span.within(
        settings.outerSpan(),
        () ->
            start(directory)
                .change(
                    new StartRun.Change(options, judge, sandboxOptional),
                    submission(priority, detached)));
  }

  /** What starts runs, also those of the server. */
  StartRun start(Path directory) {
    return new StartRun(
        database,
        machine().machine(),
        new StartRun.Usual(
            settings.tools().files(),
            machine().toolsOutside(),
            Optional.ofNullable(settings.models().judge()).map(_ -> Agents.JUDGE)),
        directory);
  }

  private static SubmitRun.Submission submission(int priority, boolean detached) {
    return new SubmitRun.Submission(
        System.getProperty("user.name", ""),
        priority,
        detached ? Optional.empty() : Optional.of(Node.name()));
  }

  /**
   * Puts a question into the queue.
   *
   * @throws WinnowException of category USAGE or SETTINGS for what the user can mend
   */
  UUID ask(
      Task question,
      List<String> agents,
      Optional<String> judge,
      Duration maxTime,
      Budget budget,
      Path directory) {
    return Span.within(
        settings.outerSpan(),
        () ->
            start(directory)
                .question(
                    new StartRun.Question(question, agents, judge, maxTime, budget, false),
                    submission(0, false)));
  }

  /** Specs and their interviews. */
  Planner planner() {
    return new Planner(settings, database, machine(), () -> telemetry(false));
  }

  /** What speaks against working in the spec's repository, if it has one. */
  List<Validation.Finding> checkRepository(Spec spec, boolean build, Cancellation cancellation) {
    return spec.repository()
        .map(path ->
            new CheckRepository(machine().machine()).findings(Path.of(path), build, cancellation))
        .orElse(List.of());
  }

  /** What a queued run waits for, if somebody should do something about it. */
  Optional<String> whyQueued(UUID run) {
    return new WhyQueued(database).of(run);
  }

  /** Works on a run to its end, or follows whoever does; events arrive in order, one at a time. */
  ReportView workOn(UUID run, Consumer<RecordedEvent> view, Cancellation cancellation) {
    new WorkOnRuns(database, machine(), telemetry(false)).until(run, view, cancellation);
    return report(run);
  }

  /** Works on the queue until it is cancelled. */
  void workOnQueue(Cancellation cancellation) {
    new WorkOnRuns(database, machine(), telemetry(true)).untilStopped(cancellation);
  }

  /** Puts a run that was interrupted, or ended without a decision, into the queue again. */
  void resume(UUID run, Budget budget, boolean detached) {
    if (!budget.hasNoLimit()) {
      BudgetStore.write(database, run, BudgetStore.read(database, run).with(budget));
    }
    if (!detached) {
      List<String> lacking = new WhyQueued(database).lacking(run, machine().offers());
      if (!lacking.isEmpty()) {
        throw WinnowException.usage(
            "Run %s needs %s, which this machine does not have: see 'winnow doctor', or leave the work to other nodes with --detach."
                .formatted(run, String.join(", ", lacking)));
      }
    }
    new ResumeRun(database).resume(run, detached ? Optional.empty() : Optional.of(Node.name()));
  }

  /**
   * Cancels a run wherever it is, and waits until it is over.
   *
   * @return false when its node did not react in time
   */
  boolean cancel(UUID run, Duration patience) {
    CancelRun cancel = new CancelRun(database);
    return cancel.cancel(run) || cancel.isOverWithin(run, patience);
  }

  /** Makes a run that goes on from a checkpoint of another one. */
  UUID fork(UUID run, String at, ForkRun.Changes changes, Path directory, boolean detached) {
    return new ForkRun(database, machine().agents())
        .fork(run, at, changes, directory, submission(0, detached));
  }

  List<LedgerEntry> ledger(UUID run) {
    return new LedgerReader(database).entries(run);
  }

  Budget budget(UUID run) {
    return BudgetStore.read(database, run);
  }

  List<Checkpoint> checkpoints(UUID run) {
    return Checkpoints.list(database, run);
  }

  /** Says yes for the person who calls; the new branch, if there is one. */
  Optional<String> approve(UUID run, Optional<String> candidate) {
    return new AnswerRun(database, settings.dataDirectory(), snapshots())
        .approve(run, candidate, person());
  }

  void reject(UUID run, Optional<String> reason) {
    new AnswerRun(database, settings.dataDirectory(), snapshots()).reject(run, reason, person());
  }

  Accounts accounts() {
    return new Accounts(database);
  }

  /** Remembers what somebody did on the command line about those who use the server. */
  void audit(String what, String target) {
    new AuditLog(database).add(person() + " (command line)", what, target, "done");
  }

  /** What the server offers. */
  Backend backend(Path directory, Map<String, String> environment) {
    Map<String, String> sources = new HashMap<>();
    settings.agents().values().forEach(agent -> sources.put(agent.name(), agent.where()));
    TelemetryCollector ofNode = telemetry(true); // before planning starts one without a page
    return new Backend(
        database,
        settings.dataDirectory(),
        snapshots(),
        start(directory),
        machine().agents(),
        directory,
        settings.usualAgents(),
        settings.models().dual(),
        sources,
        new RunTerms(Budget.UNLIMITED, settings.keep().approve(), settings.keep().answerWithin()),
        specs(directory),
        () ->
            settings.shown().stream()
                .map(s -> new Backend.Setting(s.setting(), s.value(), s.source()))
                .toList(),
        cleaning(),
        () -> examine(environment),
        ofNode);
  }

  private Specs specs(Path directory) {
    Planner planner = planner();
    return new Specs(
        planner.specs(),
        planner.interviews(),
        (mode, most, agents, judge, budget) ->
            planner.options(new Planner.Wishes(mode, most, agents, judge, budget), directory),
        this::checkRepository);
  }

  private List<Backend.Check> examine(Map<String, String> environment) {
    return new Doctor(settings, environment)
        .examine().stream()
            .map(c -> new Backend.Check(c.name(), c.state().label(), c.detail(), c.remedy()))
            .toList();
  }

  /** This process serves there. */
  void listensOn(int port) {
    machine().listensOn(port);
  }

  /** For a server that works on nothing itself. */
  void waitFor(Cancellation stop) {
    CountDownLatch stopped = new CountDownLatch(1);
    try (var _ = stop.onCancel(stopped::countDown)) {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static String person() {
    return SafeText.line(System.getProperty("user.name", "somebody"), 60);
  }

  CleanUp.Cleaned cleanUp(boolean dryRun) {
    return cleaning().run(dryRun);
  }

  private CleanUp cleaning() {
    return new CleanUp(
        database, settings.dataDirectory(), settings.keep().retention(), snapshots());
  }

  /** Creates the branch of an accepted run in the repository on this machine; its name. */
  String deliver(UUID run) {
    return new DeliverLater(database, settings.dataDirectory(), snapshots()).deliver(run);
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

  /** Every span of a run, oldest first. */
  List<TimelineSpan> timeline(UUID id) {
    return new TraceStore(database).timeline(id);
  }

  ReportView report(UUID id) {
    RunRecord run = runs.find(id.toString());
    ReportView report =
        new LoadReport(database, runs, events).of(run, run.decision(), run.status());
    report = runs.origin(run.id()).map(report::withNotice).orElse(report);
    if (run.outcome() == null) {
      report = whyQueued(id).map(report::withNotice).orElse(report);
    }
    return AnswerRun.waiting(database, run.id()).map(report::withNotice).orElse(report);
  }

  /**
   * All events of a run so far, and then those that come, until it is finished or its process is
   * gone.
   */
  void watch(
      UUID id, Consumer<RecordedEvent> view, Consumer<String> said, Cancellation cancellation) {
    boolean interrupted = runs.find(id.toString()).status().equals(RunRecord.INTERRUPTED);
    Optional<WhyQueued.Away> away = new WhyQueued(database).away(id);
    if (interrupted && !away.map(WhyQueued.Away::goesOn).orElse(false)) {
      events.read(id, 0, Integer.MAX_VALUE).forEach(view);
      return;
    }
    try (TellSilence _ = TellSilence.start(id, new WhyQueued(database), said)) {
      events.follow(id, 0, view, cancellation);
    }
  }

  /** The change of a candidate, or of the winner, as a unified diff. */
  String diff(UUID id, @Nullable String candidate) {
    return new DiffCandidate(database, settings.dataDirectory())
        .of(id, Optional.ofNullable(candidate), Optional.empty());
  }

  /** Decides again from the stored evidence, without changing what is stored. */
  ReportView rejudge(UUID id) {
    RunRecord run = runs.find(id.toString());
    DecideAgain.Decided decided = new DecideAgain(database).of(id);
    Decision decision = decided.decision();
    ReportView report =
        new LoadReport(database, runs, events).of(run, decision, decision.outcome().label());
    return decided.same()
        ? report
        : report.withNotice("The stored decision is another one: the rules have changed since.");
  }

  @Override
  public void close() {
    TrySandbox begun = trial;
    if (begun != null) {
      begun.await();
    }
    ServeMetrics serving = metrics;
    if (serving != null) {
      serving.close();
    }
    TelemetryCollector started = telemetry;
    if (started != null) {
      started.close();
    }
    database.close();
  }
}
