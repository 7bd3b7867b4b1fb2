package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.RunEvent.ModelText;
import dev.winnow.checkpoint.RunEvent.Notice;
import dev.winnow.checkpoint.RunEvent.RunFinished;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.telemetry.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLogTest {

  private static Database database;

  private UUID run = new UUID(0, 0);

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    reader = new EventReader(database);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void createRun() {
    run = TestRun.in(database);
  }

  private EventLog pickUp() {
    return new EventLog(database, Lease.acquire(database, run, "node"));
  }

  private static EventReader reader;

  private static final RunFinished FINISHED = new RunFinished("none", "why", Map.of("cost", 0));

  @Test
  void readsBackWhatWasAppendedFromAnyPlaceOn() {
    EventLog log = pickUp();
    List<RecordedEvent> written = new ArrayList<>();
    for (RunEvent event :
        List.of(
            new RunEvent.RunCreated("task", "/repo", "abc", List.of("a", "b"), "bwrap"),
            new RunEvent.Decided(null, "gate", "nobody passed", "high"),
            FINISHED)) {
      written.add(log.append(event));
    }
    assertThat(reader.read(run, 0, 100)).isEqualTo(written);
    assertThat(reader.read(run, 1, 1)).containsExactly(written.get(1));
    assertThat(reader.read(run, 3, 100)).isEmpty();
    assertThat(pickUp().append(new Notice("later")).sequence()).isEqualTo(4);
  }

  @Test
  void whatAResumedRunTellsAgainIsNotWrittenAgain() {
    EventLog first = pickUp();
    RecordedEvent phase = first.append(new RunEvent.PhaseStarted("prepare"));
    RecordedEvent once = first.append(new Notice("same words"));
    RecordedEvent twice = first.append(new Notice("same words"));
    first.append(new RunEvent.ToolReturned("c1", "x-1", "run_command", true, "exit 0", 12));
    EventLog resumed = pickUp();
    assertThat(resumed.append(new RunEvent.PhaseStarted("prepare"))).isEqualTo(phase);
    assertThat(resumed.append(new Notice("same words"))).isEqualTo(once);
    assertThat(resumed.append(new Notice("same words"))).isEqualTo(twice);
    // how long it took is no content
    assertThat(
            resumed
                .append(new RunEvent.ToolReturned("c1", "x-1", "run_command", true, "exit 0", 99))
                .sequence())
        .isEqualTo(4);
    // a third one, and one of other words, are new
    assertThat(resumed.append(new Notice("same words")).sequence()).isEqualTo(5);
    assertThat(resumed.append(new RunEvent.PhaseStarted("candidates")).sequence()).isEqualTo(6);
    assertThat(reader.read(run, 0, 100)).hasSize(6);
  }

  @Test
  void theLastEventIsWrittenWithTheOutcomeOrNotAtAll() {
    EventLog log = pickUp();
    assertThatThrownBy(() -> log.finish(FINISHED, "outcome = ?, waits_for = 'nobody'", "accepted"))
        .hasMessageContaining("waits_for");
    assertThat(reader.read(run, 0, 100)).isEmpty();
    assertThat(outcome()).isEmpty();
    assertThat(log.finish(FINISHED, "outcome = ?", "accepted").sequence()).isEqualTo(1);
    assertThat(outcome()).contains("accepted");
  }

  @Test
  void theEndTakesTheNextNumberWhenAnotherLogOfTheLeaseHasItsOwn() {
    Lease lease = Lease.acquire(database, run, "here");
    EventLog log = new EventLog(database, lease);
    new EventLog(database, lease).append(new Notice("between"));
    assertThat(log.finish(FINISHED, "outcome = ?", "accepted").sequence()).isEqualTo(2);
    assertThat(outcome()).contains("accepted");
  }

  @Test
  void anOldLeaseCannotEndTheRun() {
    EventLog old = pickUp();
    EventLog log = pickUp();
    assertThatThrownBy(() -> old.finish(FINISHED, "outcome = ?", "failed"))
        .hasMessageContaining("took over");
    assertThat(outcome()).isEmpty();
    assertThat(log.finish(FINISHED, "outcome = ?", "accepted").sequence()).isEqualTo(1);
    assertThat(outcome()).contains("accepted");
  }

  private Optional<String> outcome() {
    return database
        .queryOne("select outcome from run where id = ?", row -> row.optionalText("outcome"), run)
        .orElseThrow();
  }

  @Test
  void aLineHasVersionRunSequenceTimeAndType() {
    RecordedEvent recorded = pickUp().append(new Notice("hello"));
    assertThat(recorded.toJson())
        .isEqualTo(
            "{\"v\":1,\"run\":\"%s\",\"sequence\":1,\"at\":\"%s\",\"type\":\"notice\",\"text\":\"hello\"}"
                .formatted(run, recorded.at()));
  }

  @Test
  void appendsOfManyThreadsGetNumbersWithoutGaps() {
    EventLog log = pickUp();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        String text = "n" + i;
        var _ = executor.submit(() -> log.append(new Notice(text)));
      }
    }
    List<RecordedEvent> events = reader.read(run, 0, 1_000);
    assertThat(events)
        .extracting(RecordedEvent::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
    assertThat(events).extracting(RecordedEvent::event).doesNotHaveDuplicates();
  }

  @Test
  void twoLogsOfOneLeaseShareTheNumbers() {
    Lease lease = Lease.acquire(database, run, "node");
    EventLog one = new EventLog(database, lease);
    EventLog two = new EventLog(database, lease);
    assertThat(
            List.of(
                one.append(new Notice("1")).sequence(),
                two.append(new Notice("2")).sequence(),
                two.append(new Notice("3")).sequence(),
                one.append(new Notice("4")).sequence()))
        .containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void theOldOwnerCannotAppendAfterATakeover() {
    EventLog old = pickUp();
    old.append(new Notice("mine"));
    EventLog owner = pickUp();
    assertThatThrownBy(() -> old.append(new Notice("zombie"))).hasMessageContaining("took over");
    owner.append(new Notice("next"));
    assertThatThrownBy(() -> old.append(new Notice("zombie"))).hasMessageContaining("took over");
    assertThat(owner.append(new Notice("last")).sequence()).isEqualTo(3);
  }

  @Test
  void hugeTextsAreCutVisiblyAndUnstorableCharactersReplaced() {
    String huge = "z".repeat(EventBody.LONGEST_TEXT - 65) + "\ud83d\ude00".repeat(100_000);
    EventLog log = pickUp();
    log.append(new ModelText("c1", "green", 1, huge));
    log.append(new Notice("a\0b\ud800c \\u0000 \ud83d\ude00"));
    List<RecordedEvent> events = reader.read(run, 0, 10);
    ModelText cut = (ModelText) events.get(0).event();
    assertThat(cut.text()).hasSizeLessThan(EventBody.LONGEST_TEXT).endsWith("more characters cut]");
    assertThat(events.get(1).event()).isEqualTo(new Notice("a\u2400b\ufffdc \\u0000 \ud83d\ude00"));
  }

  @Test
  void anEventOfANewerVersionIsShownAndNewComponentsAreIgnored() {
    pickUp();
    database.update(
        "insert into event (run_id, sequence, body) values (?, 1, '{\"type\":\"tea-served\"}')",
        run);
    database.update(
        """
        insert into event (run_id, sequence, body)
        values (?, 2, '{"type":"notice","text":"t","level":3}')
        """,
        run);
    assertThat(reader.read(run, 0, 10))
        .extracting(RecordedEvent::event)
        .containsExactly(new Notice("An event of a newer Winnow: tea-served"), new Notice("t"));
  }

  @Test
  void followersSeeEveryEventOnceAndInOrderUntilTheRunFinishes() throws Exception {
    EventLog log = pickUp();
    log.append(new Notice("before"));
    CountDownLatch following = new CountDownLatch(3);
    try (Counted metrics = new Counted();
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<java.util.concurrent.Future<List<Long>>> followers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        followers.add(
            executor.submit(() -> {
              List<Long> seen = new ArrayList<>();
              return metrics.in(() -> {
                reader.follow(
                    run,
                    0,
                    event -> {
                      following.countDown();
                      seen.add(event.sequence());
                    },
                    Cancellation.never());
                return seen;
              });
            }));
      }
      following.await();
      for (int i = 0; i < 50; i++) {
        log.append(new Notice("n" + i));
      }
      log.append(FINISHED);
      for (var follower : followers) {
        assertThat(follower.get())
            .containsExactlyElementsOf(LongStream.rangeClosed(1, 52).boxed().toList());
      }
      // the first was there before them; of the others each follower tells how late it was
      assertThat(metrics.value("winnow_event_lag_seconds_count")).isEqualTo(3 * 51);
    }
  }

  @Test
  void aFollowerIsWokenByAnotherConnectionAndOutlivesALostOne() throws Exception {
    EventLog log = pickUp();
    CountDownLatch first = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<RunEvent> seen = new ArrayList<>();
      var follower =
          executor.submit(() ->
              reader.follow(
                  run,
                  0,
                  event -> {
                    seen.add(event.event());
                    first.countDown();
                  },
                  Cancellation.never()));
      log.append(new Notice("one"));
      first.await();
      database.query(
          """
          select pg_terminate_backend(pid) as ended from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
          """,
          row -> row.flag("ended"));
      log.append(FINISHED);
      follower.get();
      assertThat(seen).containsExactly(new Notice("one"), FINISHED);
    }
  }

  @Test
  void aCancelledFollowerStops() throws Exception {
    EventLog log = pickUp();
    log.append(new Notice("one"));
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(
            () -> reader.follow(run, 0, event -> cancellation.cancel("enough"), cancellation))
        .isInstanceOf(Cancellation.Cancelled.class)
        .hasMessage("enough");
  }
}
