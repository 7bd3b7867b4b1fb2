package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Prompts;
import dev.winnow.agent.StoreAgents;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.Checkpoints;
import dev.winnow.checkpoint.CrashedSteps;
import dev.winnow.checkpoint.Ending;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.HeldRun;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.LedgerReader;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.checkpoint.WorkOnRun;
import dev.winnow.judge.CandidateVerdict;
import dev.winnow.store.Database;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.RecordSpans;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.WorkDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The use case: one task in, the best verified change out. {@link ChangePhases#decide} reads top to
 * bottom like the list in the design. Works from what is stored alone, and goes on where another
 * node, or an earlier process, was stopped.
 */
public final class ChangeRun implements WorkOnRun {

  private static final Logger LOG = LoggerFactory.getLogger(ChangeRun.class);

  /**
   * What breaks after the stop broke because of it; and Ctrl-C reaches a program that is just
   * starting a moment before Winnow hears of it.
   */
  private static final Duration SIGNAL = Duration.ofSeconds(1);

  private final Database database;
  private final Machine machine;
  private final RunStore store;
  private final TraceStore traces;
  private final TelemetryCollector telemetry;

  /**
   * @param telemetry gets the spans of the work and what it counts
   */
  public ChangeRun(Database database, Machine machine, TelemetryCollector telemetry) {
    this.telemetry = telemetry;
    this.traces = new TraceStore(database);
    this.database = database;
    this.machine = machine;
    this.store = new RunStore(database);
  }

  /**
   * Works on a run until it has a result. What agents or their code do never ends in an exception;
   * what breaks Winnow's own work is tried again if it may pass, and else ends in the outcome
   * FAILED.
   */
  @Override
  public Ending work(HeldRun held) {
    RunStore.Stored stored = store.stored(held.lease().run());
    if (stored.isOver()) {
      return new Ending.Done(); // its process ended between the last write and taking it off
    }
    try (StoreSpans spans = new StoreSpans(traces, held.lease())) {
      return telemetry.collecting(() -> traced(held, stored, spans.spans()));
    }
  }

  @Override
  public Ending giveUp(HeldRun held, String reason) {
    return finish(
        result(held, RunOutcome.FAILED, reason), held, new EventLog(database, held.lease()));
  }

  /** One trace for each attempt, below the submitter's span; a resumed one names the one before. */
  private Ending traced(HeldRun held, RunStore.Stored stored, RecordSpans spans) {
    Lease lease = held.lease();
    Span.Start start =
        Span.of("run")
            .run(lease.run().toString(), spans)
            .set("winnow.run.kind", stored.kind())
            .set("winnow.lease.epoch", lease.epoch())
            .below(traces.submitter(lease.run()));
    traces.before(lease).ifPresent(start::link);
    return start.call(span -> {
      traces.save(lease, TraceStore.RUN, span.context());
      LOG.info("the work on run {} begins", lease.run());
      Ending ending = worked(held, stored);
      switch (ending) {
        case Ending.Done _, Ending.Parked _ -> {
          // told already
        }
        case Ending.Again _ -> span.set("winnow.run.outcome", "to be continued");
        case Ending.Lost _ -> {
          Metrics.current().leaseLost();
          span.failed("lease-lost", "another node took the run over");
        }
      }
      return ending;
    });
  }

  private Ending worked(HeldRun held, RunStore.Stored stored) {
    EventLog log = new EventLog(database, held.lease());
    Optional<RunResult> early = endsEarly(held, stored);
    if (early.isPresent()) {
      return finish(early.get(), held, log);
    }
    AtomicBoolean timeIsUp = new AtomicBoolean();
    try {
      return finish(decide(held, stored, log, timeIsUp), held, log);
    } catch (Cancellation.Cancelled e) {
      return stopped(held, stored, log, timeIsUp.get());
    } catch (WinnowException e) {
      return timeIsUp.get() || held.stopsWithin(SIGNAL)
          ? stopped(held, stored, log, timeIsUp.get())
          : broken(held, log, e);
    } catch (RuntimeException | StackOverflowError e) {
      if (held.stopsWithin(SIGNAL)) {
        return stopped(held, stored, log, timeIsUp.get());
      }
      if (!stillHeld(held)) {
        return new Ending.Lost();
      }
      // a defect of Winnow: recorded like any other end
      LOG.error("internal error in run {}", held.lease().run(), e);
      return finish(result(held, RunOutcome.FAILED, "Internal error: " + e), held, log);
    }
  }

  /** A run that must not be worked on. */
  private Optional<RunResult> endsEarly(HeldRun held, RunStore.Stored stored) {
    if (stored.cancelled()) {
      return Optional.of(result(held, RunOutcome.CANCELLED, "The run was cancelled."));
    }
    if (stored.request().isEmpty()) {
      return Optional.of(result(held, RunOutcome.FAILED, stored.problem()));
    }
    List<String> crashed = CrashedSteps.of(database, held.lease().run());
    return crashed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            result(
                held,
                RunOutcome.FAILED,
                "The process that worked on the run ended %d times during the same step (%s): given up. 'winnow runs resume' tries again."
                    .formatted(CrashedSteps.TOO_OFTEN, String.join(", ", crashed))));
  }

  private RunResult decide(
      HeldRun held, RunStore.Stored stored, EventLog log, AtomicBoolean timeIsUp) {
    RunRequest request = stored.request().orElseThrow();
    Cancellation stop = held.cancellation().child();
    // a directory for each lease: another one's process may be paused, and hold its own
    String directory = held.lease().run() + "-" + held.lease().epoch();
    Duration left = request.maxTime().minus(stored.worked());
    try (WorkDirectory work = WorkDirectory.create(machine.dataDirectory(), directory);
        Stopwatch _ =
            new Stopwatch(
                left.isNegative() ? Duration.ZERO : left,
                () -> {
                  timeIsUp.set(true);
                  stop.cancel("the time limit of the run is reached");
                })) {
      if (request.answer()) {
        return answer(request, held, work.path(), log, stop);
      }
      Sandbox sandbox = machine.sandbox().apply(request.sandboxOptional());
      PreparedRun run =
          new OpenRun(database, machine)
              .open(
                  held.lease().run(), request, machine.binding().apply(sandbox), work.path(), stop);
      RunSetting setting = setting(run, stored, held, work.path(), log);
      try (CarryObjects _ = setting.carrier().orElse(null);
          SendBaseAside _ = SendBaseAside.start(database, run, setting.carrier())) {
        return new ChangePhases(
                run,
                setting,
                sandbox,
                machine.toolbox().apply(request),
                limits(request),
                machine.testRuns(),
                store,
                held.lease())
            .decide(stop);
      }
    }
  }

  private RunResult answer(
      RunRequest request, HeldRun held, Path directory, EventLog log, Cancellation stop) {
    StoreAgents agents = new StoreAgents(machine.agents());
    return new AnswerPhases(
            request,
            request.agents().stream().map(agent -> agents.restore(agent, directory)).toList(),
            request.judge().map(judge -> agents.restore(judge, directory)),
            machine.limits().agent(),
            new CheckpointManager(database, held.lease(), held::check),
            store.answers(held.lease()),
            new RoomForProgram(directory, () -> machine.sandbox().apply(request.sandboxOptional())),
            machine.toolbox().apply(request),
            log::tell)
        .decide(stop);
  }

  private RunLimits limits(RunRequest request) {
    return new RunLimits(
        machine.limits().parallelism(),
        request.testTime(),
        Limits.DEFAULT.withWall(request.commandTime()),
        machine.limits().agent());
  }

  private RunSetting setting(
      PreparedRun run, RunStore.Stored stored, HeldRun held, Path workDirectory, EventLog log) {
    Optional<CarryObjects> carrier =
        database.isExternal()
            ? Optional.of(
                new CarryObjects(
                    database,
                    machine.snapshots(),
                    run.mirror(),
                    held.lease(),
                    run.base(),
                    log::tell))
            : Optional.empty();
    return new RunSetting(
        run.id(),
        stored.created(),
        run.request().task(),
        run.request().taskBefore(),
        run.mirror(),
        run.base(),
        run.mirror().treeOf(run.base()),
        workDirectory,
        steps(run.request(), held),
        new Checkpoints(database, held.lease()),
        carrier,
        log::tell,
        run.request().criteria());
  }

  private CheckpointManager steps(RunRequest request, HeldRun held) {
    CheckpointManager steps = new CheckpointManager(database, held.lease(), held::check);
    if (request.taskBefore().isPresent()) {
      steps.tellAfterCut(Prompts.taskChanged(request.task().text()));
    }
    return steps;
  }

  private Ending stopped(HeldRun held, RunStore.Stored stored, EventLog log, boolean timeIsUp) {
    HeldRun.Stop why = held.stop();
    if (why == HeldRun.Stop.LEASE_LOST) {
      return new Ending.Lost();
    }
    if (why == HeldRun.Stop.NODE_STOPS) {
      store.release(held.lease());
      return new Ending.Again(Duration.ZERO);
    }
    if (timeIsUp) {
      long limit = stored.request().map(r -> r.maxTime().toSeconds()).orElse(0L);
      return finish(
          result(
              held,
              RunOutcome.BUDGET,
              "The time limit of the run (%d s) was reached: give it more with --max-time."
                  .formatted(limit)),
          held,
          log);
    }
    return finish(result(held, RunOutcome.CANCELLED, "The run was cancelled."), held, log);
  }

  private Ending broken(HeldRun held, EventLog log, WinnowException e) {
    if (!stillHeld(held)) {
      return new Ending.Lost();
    }
    if (e.category() == WinnowException.Category.BUDGET) {
      return finish(result(held, RunOutcome.BUDGET, String.valueOf(e.getMessage())), held, log);
    }
    if (Passing.mayPass(e)) {
      Optional<Duration> pause = store.tryAgain(held.lease());
      if (pause.isPresent()) {
        log.append(
            new RunEvent.Notice(
                "Tried again in %d s: %s".formatted(pause.get().toSeconds(), e.getMessage())));
        return new Ending.Again(pause.get());
      }
    }
    return finish(result(held, RunOutcome.FAILED, String.valueOf(e.getMessage())), held, log);
  }

  /** A node that cannot ask stops as if it had lost the run: the lease ends in a few seconds. */
  private boolean stillHeld(HeldRun held) {
    try {
      return held.stop() != HeldRun.Stop.LEASE_LOST && held.lease().holds(database);
    } catch (RuntimeException e) {
      return false;
    }
  }

  private RunResult result(HeldRun held, RunOutcome outcome, String reason) {
    return RunResult.without(
        held.lease().run(), outcome, reason, store.candidates(held.lease().run()));
  }

  private void told(RunResult result, HeldRun held) {
    RunStore.Stored stored = store.stored(held.lease().run());
    String outcome = result.outcome().label();
    Metrics.current()
        .runFinished(stored.kind(), outcome, Duration.between(stored.created(), Instant.now()));
    if (result.decision() != null) {
      for (CandidateVerdict candidate : result.decision().candidates()) {
        candidate.vetoes().forEach(veto -> Metrics.current().vetoed(veto.vetoClass().label()));
      }
      String rule = result.decision().rule().label();
      Metrics.current().decided(rule, result.decision().outcome().label());
    }
    Span.now().set("winnow.run.outcome", outcome);
    LOG.info("run {} ended: {}", result.run(), outcome);
  }

  private Ending finish(RunResult ended, HeldRun held, EventLog log) {
    RunResult result = ended.withSpent(new LedgerReader(database).spent(ended.run()));
    try {
      log.finish(
          new RunEvent.RunFinished(result.outcome().label(), result.reason(), result.toMap()),
          RunStore.ENDED,
          RunStore.ended(result));
      told(result, held);
      return new Ending.Done();
    } catch (WinnowException e) {
      LOG.warn("run {} has a result that cannot be saved: {}", result.run(), e.getMessage());
      return new Ending.Lost();
    }
  }
}
