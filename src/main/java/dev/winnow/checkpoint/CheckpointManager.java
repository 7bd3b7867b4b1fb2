package dev.winnow.checkpoint;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.store.Database;
import dev.winnow.telemetry.CleanText;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Redact;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one run: runs a step once. A recorded step is never done again; one that was in
 * flight when its process died may be, and stays in the ledger as {@code unknown}. Thread-safe for
 * different keys.
 */
public final class CheckpointManager {

  /** Larger results are refused: what a candidate can make arbitrarily large belongs elsewhere. */
  private static final int LARGEST_RESULT = 10 << 20; // characters of JSON

  private final Database database;
  private final Lease lease;
  private final StepStore store;
  private final Lease.Guard guard;
  private final Map<String, RecordedStep> journal;
  private final Map<String, Integer> attempts;
  private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
  private final WritesAhead ahead;
  private @Nullable BudgetLedger ledger;
  private @Nullable String news;

  /** Loads what is recorded. The lease must be the current one for anything to be written. */
  public CheckpointManager(Database database, Lease lease) {
    this(database, lease, () -> {});
  }

  /**
   * The same for a process that can be paused.
   *
   * @param guard is asked between the intent and the work of each step
   */
  public CheckpointManager(Database database, Lease lease, Lease.Guard guard) {
    this.database = database;
    this.lease = lease;
    this.guard = guard;
    this.store = new StepStore(database, lease);
    this.ahead = new WritesAhead(database, lease);
    this.journal = new ConcurrentHashMap<>(store.load());
    this.attempts =
        lease.epoch() > 1 ? new ConcurrentHashMap<>(store.attempts()) : new ConcurrentHashMap<>();
  }

  /** The money of the run: every paid call goes through it. */
  public synchronized BudgetLedger ledger() {
    BudgetLedger opened = ledger;
    if (opened == null) {
      opened = new BudgetLedger(database, lease);
      ledger = opened;
    }
    return opened;
  }

  /**
   * Whether the step was done by the run that this one is a fork of: its result is taken as it is,
   * whatever its input would be now.
   */
  public boolean isInherited(String key) {
    RecordedStep step = journal.get(key);
    return step != null && step.inherited();
  }

  /**
   * Gives what conversations that began before the cut of a fork are told when they go on after it.
   */
  public void tellAfterCut(String text) {
    news = text;
  }

  /**
   * What a conversation is told before the call of this step, which nobody has made yet; empty for
   * conversations that began after the cut, and in runs that are no forks.
   *
   * @param conversation beginning of the keys of all its steps
   */
  public Optional<String> newsBefore(String key, String conversation) {
    return news == null || isInherited(key) || !inheritedAny(conversation)
        ? Optional.empty()
        : Optional.of(news);
  }

  /** Whether an inherited step was done with an input whose JSON begins like this. */
  public boolean inputBegins(String key, String json) {
    RecordedStep step = journal.get(key);
    return step != null && step.input().excerpt().text().startsWith(json);
  }

  /** Whether any step with such a key was. */
  public boolean inheritedAny(String prefix) {
    return journal.entrySet().stream()
        .anyMatch(e -> e.getValue().inherited() && e.getKey().startsWith(prefix));
  }

  /**
   * Returns the recorded result of the step, or does the work and records it. Before the work its
   * intent is recorded, so that work in flight at a crash is known. A {@link Category#AGENT}
   * failure is final and recorded as well: it is thrown again instead of doing the work again.
   *
   * @param key a stable name such as {@code c1/green/turn-7/call}; unique in the run
   * @param input all that the result depends on; hashed as JSON, and a recorded key with another
   *     input is an error that names both
   * @param type the result is stored as JSON of this type; the caller always gets what was read
   *     back from that JSON, the first time too
   * @throws WinnowException what the work threw; or INFRASTRUCTURE, when another process took the
   *     run over or the recorded input differs
   */
  public <T> T step(String key, Object input, Class<T> type, Callable<T> work) {
    return once(
        key,
        input,
        type,
        hashed -> {
          int attempt = attempts.merge(key, 1, Integer::sum);
          store.begin(key, attempt, hashed);
          CleanText json;
          try {
            ahead.check();
            guard.check();
            json = encode(key, call(work));
          } catch (Throwable e) {
            throw recordFailure(key, hashed, attempt, e);
          }
          store.finish(key, attempt, json);
          return json.text();
        });
  }

  /**
   * The same for a paid call. Its intent is committed together with the reservation of the money,
   * and its result with what the run writes next: before the work of any later step begins, and
   * before {@link #flush} returns.
   *
   * @param otherForm of the input, in which another version may have recorded it
   * @param work makes the call through the {@link Intent}
   */
  public <T> T call(
      String key, Object input, Supplier<?> otherForm, Class<T> type, PaidWork<T> work) {
    return once(
        key,
        input,
        otherForm,
        type,
        hashed -> {
          int attempt = attempts.merge(key, 1, Integer::sum);
          CompletableFuture<Integer> written = store.beginLater(key, attempt, hashed);
          ahead.add(written);
          Intent intent = new Intent(key, attempt, written, this, ahead, guard);
          CleanText json;
          try {
            json = encode(key, call(() -> work.run(intent)));
          } catch (Throwable e) {
            throw recordFailure(key, hashed, attempt, e);
          }
          ahead.add(store.finishLater(key, attempt, json));
          return json.text();
        });
  }

  /** Stands for the input of a recorded step. */
  public String inputHash(String key) {
    return Objects.requireNonNull(journal.get(key)).input().hash();
  }

  /** A call of a model or an agent, and what belongs to it. */
  public interface PaidWork<T> {
    T run(Intent intent) throws Exception;
  }

  /**
   * The same for work that costs nothing and has no effect outside, so that it may simply be done
   * again: one write instead of two, and no failure is recorded.
   */
  public <T> T pure(String key, Object input, Class<T> type, Callable<T> work) {
    return once(
        key,
        input,
        type,
        hashed -> {
          CleanText json = encode(key, call(work));
          store.record(key, attempts.merge(key, 1, Integer::sum), hashed, json);
          return json.text();
        });
  }

  /**
   * The same for what only looks at something, between two paid calls: its result is on disk as
   * soon as that of a {@link #call} is.
   */
  public <T> T look(String key, Object input, Class<T> type, Callable<T> work) {
    return once(
        key,
        input,
        type,
        hashed -> {
          CleanText json = encode(key, call(work));
          ahead.add(store.recordLater(key, attempts.merge(key, 1, Integer::sum), hashed, json));
          return json.text();
        });
  }

  /**
   * Waits until all results are on disk.
   *
   * @throws WinnowException INFRASTRUCTURE when one could not be written
   */
  public void flush() {
    ahead.flush();
  }

  /**
   * The result of the newest successful step whose key starts and ends like this. Only steps that
   * were recorded before this journal was loaded are looked at.
   */
  public <T> Optional<T> newest(String prefix, String suffix, Class<T> type) {
    return store
        .newestKey(prefix, suffix)
        .map(key -> {
          RecordedStep step = Objects.requireNonNull(journal.get(key));
          return Json.read(store.resultOf(key, step), type);
        });
  }

  private interface Recording {
    String run(StepInput input);
  }

  private <T> T once(String key, Object input, Class<T> type, Recording recording) {
    return once(key, input, () -> input, type, recording);
  }

  private <T> T once(
      String key, Object input, Supplier<?> otherForm, Class<T> type, Recording recording) {
    StepInput hashed = StepInput.of(input);
    if (!inFlight.add(key)) {
      throw new IllegalStateException("step " + key + " is running already: keys must be unique");
    }
    try {
      RecordedStep recorded = journal.get(key);
      boolean fresh = recorded == null;
      if (recorded == null) {
        recorded = new RecordedStep(hashed, recording.run(hashed), null, false);
        journal.put(key, recorded);
        Metrics.current().journalWritten();
      } else if (!recorded.inherited()
          && !recorded.input().hash().equals(hashed.hash())
          && !recorded.input().hash().equals(StepInput.of(otherForm.get()).hash())) {
        throw WinnowException.infrastructure(
            "Step %s was recorded with another input, so this run cannot go on: %s"
                .formatted(key, StepInput.difference(recorded.input(), hashed)),
            null);
      }
      if (!fresh) {
        Metrics.current().journalHit();
      }
      if (recorded.error() != null) {
        throw new WinnowException(Category.AGENT, recorded.error());
      }
      return Json.read(store.resultOf(key, recorded), type);
    } finally {
      inFlight.remove(key);
    }
  }

  private static <T> CleanText encode(String key, T result) {
    // here already, so that the caller, and a model after it, gets what a resumed run would get
    CleanText json = CleanText.ofJson(ExactJson.storable(Json.write(result)));
    if (json.text().length() > LARGEST_RESULT) {
      throw new WinnowException(
          Category.AGENT,
          "The result of step %s is too large: %d characters of JSON, at most %d are kept."
              .formatted(key, json.text().length(), LARGEST_RESULT));
    }
    return json;
  }

  private static <T> T call(Callable<T> work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Records the failure, and returns it for the caller to throw. */
  private RuntimeException recordFailure(
      String key, StepInput input, int attempt, Throwable failure) {
    boolean permanent = failure instanceof WinnowException w && w.category() == Category.AGENT;
    String message = Redact.text(String.valueOf(failure.getMessage()));
    try {
      if (failure instanceof WinnowException w && w.category() == Category.BUDGET) {
        store.withdraw(key, attempt); // refused before anything was done
      } else if (permanent) {
        store.fail(key, attempt, message);
        journal.put(key, new RecordedStep(input, null, message, false));
      } else {
        store.abandon(key, attempt, message);
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return switch (failure) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(failure);
    };
  }
}
