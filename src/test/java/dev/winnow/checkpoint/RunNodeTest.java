package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Ids;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes in one process on one database; their work is to wait for a permit, or for a stop. */
@Timeout(60)
@Order(2) // not among the last, where it would be alone
class RunNodeTest {

  private final Database database = TestDatabase.fresh();
  private final List<RunNode> nodes = new ArrayList<>();
  private final BlockingQueue<HeldRun> started = new LinkedBlockingQueue<>();
  private final BlockingQueue<HeldRun> ended = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> givenUp = new LinkedBlockingQueue<>();
  private final Semaphore permits = new Semaphore(0);

  @AfterEach
  void close() {
    nodes.forEach(RunNode::close);
    database.close();
  }

  private static NodeOptions options(String name, int runs) {
    return new NodeOptions(name, runs, Optional.empty(), List.of(), Optional.empty(), Map.of());
  }

  private RunNode node(NodeOptions options) {
    return node(options, this::work);
  }

  private RunNode node(NodeOptions options, Function<HeldRun, Ending> work) {
    RunNode node =
        RunNode.start(
            database,
            options,
            new WorkOnRun() {
              @Override
              public Ending work(HeldRun run) {
                return work.apply(run);
              }

              @Override
              public Ending giveUp(HeldRun run, String reason) {
                givenUp.add(reason);
                return new Ending.Done();
              }
            });
    nodes.add(node);
    return node;
  }

  private Ending work(HeldRun run) {
    started.add(run);
    try (var _ = run.cancellation().onCancel(permits::release)) {
      permits.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended.add(run);
    HeldRun.Stop stop = run.stop();
    return stop == HeldRun.Stop.NODE_STOPS
        ? new Ending.Again(java.time.Duration.ZERO)
        : new Ending.Done();
  }

  private UUID queue(String submitter, int priority, String needs, String providers) {
    UUID run = Ids.next();
    database.inTransaction(transaction -> {
      transaction.update(
          """
          insert into run (id, kind, state, task, repository, submitter, priority, needs, providers)
          values (?, 'change', 'queued', 'task', '/r', ?, ?, ?::text[], ?::text[])
          """,
          run,
          submitter,
          priority,
          needs,
          providers);
      RunQueue.add(transaction, run);
      return run;
    });
    return run;
  }

  private UUID queue(String submitter) {
    return queue(submitter, 0, "{}", "{}");
  }

  private HeldRun next() throws InterruptedException {
    HeldRun run = started.poll(30, TimeUnit.SECONDS);
    assertThat(run).as("a run is picked up").isNotNull();
    return run;
  }

  private UUID nextId() throws InterruptedException {
    return next().lease().run();
  }

  private long rows() {
    return database
        .queryOne("select count(*) as n from scheduled_tasks", row -> row.number("n"))
        .orElseThrow();
  }

  @Test
  void aWaitingNodePicksARunUpWithoutPolling() throws Exception {
    node(options("a", 4));
    UUID run = queue("ann");
    HeldRun held = next();
    assertThat(held.lease().run()).isEqualTo(run);
    assertThat(held.lease().epoch()).isEqualTo(1);
    permits.release();
    assertThat(ended.take()).isSameAs(held);
  }

  @Test
  void usersTakeTurnsAndPriorityComesFirst() throws Exception {
    UUID ann1 = queue("ann");
    UUID ann2 = queue("ann");
    UUID ann3 = queue("ann");
    UUID bob1 = queue("bob");
    UUID bob2 = queue("bob");
    UUID urgent = queue("ann", 5, "{}", "{}");
    node(options("a", 1));
    List<UUID> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      order.add(nextId());
      permits.release();
    }
    // ann has just had a turn
    assertThat(order).containsExactly(urgent, bob1, ann1, bob2, ann2, ann3);
  }

  @Test
  void limitsHoldOverAllNodes() throws Exception {
    UUID scripted = queue("ann");
    for (int i = 0; i < 4; i++) {
      queue("ann", 0, "{}", "{openai}");
    }
    for (String name : List.of("a", "b")) {
      node(
          new NodeOptions(
              name, 4, Optional.empty(), List.of(), Optional.of(3), Map.of("openai", 2)));
    }
    List<UUID> working = new ArrayList<>(List.of(nextId(), nextId(), nextId()));
    assertThat(working).contains(scripted);
    assertThat(started).isEmpty();
    permits.release(10); // makes room, and whoever has any is told
    working.add(nextId());
    working.add(nextId());
    assertThat(working).doesNotHaveDuplicates();
  }

  @Test
  void aNodeTakesOnlyWhatItCanWorkOn() throws Exception {
    UUID needsKey = queue("ann", 9, "{key:OPENAI_API_KEY}", "{openai}");
    UUID plain = queue("ann");
    node(options("poor", 4));
    assertThat(nextId()).isEqualTo(plain);
    assertThat(started).isEmpty();
    node(
        new NodeOptions(
            "rich",
            4,
            Optional.empty(),
            List.of("key:OPENAI_API_KEY", "host:x"),
            Optional.empty(),
            Map.of()));
    HeldRun held = next();
    assertThat(held.lease().run()).isEqualTo(needsKey);
    assertThat(held.lease().node()).isEqualTo("rich");
    permits.release(2);
  }

  @Test
  void aProcessThatIsThereForItsOwnRunLeavesTheOthers() throws Exception {
    UUID other = queue("bob", 9, "{}", "{}");
    UUID mine = queue("ann");
    node(
        new NodeOptions(
            "run", 4, Optional.of(Set.of(mine)), List.of(), Optional.empty(), Map.of()));
    assertThat(nextId()).isEqualTo(mine);
    permits.release();
    var _ = ended.take();
    node(options("node", 4));
    HeldRun held = next();
    assertThat(held.lease().run()).isEqualTo(other);
    assertThat(held.lease().node()).isEqualTo("node");
    permits.release();
  }

  @Test
  void cancellingReachesTheWork() throws Exception {
    node(options("a", 4));
    UUID run = queue("ann");
    HeldRun held = next();
    assertThat(held.stopsWithin(Duration.ZERO)).isFalse();
    assertThat(RunQueue.cancel(database, run, end -> {})).as("nobody works on it").isFalse();
    assertThat(ended.take().stop()).isEqualTo(HeldRun.Stop.CANCELLED);
    assertThat(held.stopsWithin(Duration.ZERO)).isTrue();
    assertThat(held.cancellation().isCancelled()).isTrue();
  }

  @Test
  void aRunThatNobodyWorksOnIsTakenOutOfTheQueueByCancelling() {
    UUID run = queue("ann");
    assertThat(RunQueue.cancel(database, run, end -> {})).isTrue();
    assertThat(rows()).isZero();
    // as a process left it that ended in the middle, before both were one transaction
    assertThat(RunQueue.cancel(database, run, end -> {})).isTrue();
  }

  @Test
  void aRunThatCannotBeEndedStaysInTheQueue() {
    UUID run = queue("ann");
    assertThatThrownBy(() ->
            RunQueue.cancel(
                database,
                run,
                end -> {
                  throw new IllegalStateException("the process ends here");
                }))
        .hasMessageContaining("ends here");
    assertThat(rows()).isOne();
    assertThat(
            database.queryOne(
                "select cancel_requested_at is null as open from run", row -> row.flag("open")))
        .contains(true);
  }

  @Test
  void aNodeThatStopsGivesItsRunsToAnother() throws Exception {
    RunNode first = node(options("a", 4));
    UUID run = queue("ann");
    var _ = next();
    node(options("b", 4));
    first.close();
    assertThat(ended.take().stop()).isEqualTo(HeldRun.Stop.NODE_STOPS);
    HeldRun again = next();
    assertThat(again.lease().run()).isEqualTo(run);
    assertThat(again.lease().node()).isEqualTo("b");
    assertThat(again.lease().epoch()).isEqualTo(2);
    permits.release();
  }

  @Test
  void aNodeThatLostItsLeaseStopsTheWork() throws Exception {
    node(options("a", 4));
    UUID run = queue("ann");
    var _ = next();
    var _ = Lease.acquire(database, run, "b");
    assertThat(ended.take().stop()).isEqualTo(HeldRun.Stop.LEASE_LOST);
  }

  @Test
  void aRunThatWasGivenFreeAndNobodyHasYetIsLostAsWell() throws Exception {
    queue("ann");
    BlockingQueue<HeldRun> lost = new LinkedBlockingQueue<>();
    node(
        options("a", 4),
        run -> {
          // as another node does that has heard nothing for too long, on a busy machine
          database.update(
              "update scheduled_tasks set picked = false, picked_by = null, version = version + 1,"
                  + " execution_time = clock_timestamp() + interval '1 hour'");
          assertThatThrownBy(
                  () -> {
                    while (true) {
                      run.check();
                      var _ = database.query("select pg_sleep(0.05)::text as n", row -> "");
                    }
                  })
              .hasMessageContaining("took over");
          lost.add(run);
          return new Ending.Lost();
        });
    HeldRun run = lost.take();
    assertThat(run.stop()).isEqualTo(HeldRun.Stop.LEASE_LOST);
    assertThat(run.lease().holds(database)).as("by its number alone").isTrue();
  }

  @Test
  void theRunsOfADeadNodeGoOnElsewhere() throws Exception {
    UUID run = queue("ann");
    database.update(
        "update scheduled_tasks set picked = true, picked_by = 'dead', version = 7,"
            + " last_heartbeat = clock_timestamp() - interval '3 seconds'");
    node(options("a", 4));
    assertThat(nextId()).isEqualTo(run);
    permits.release();
  }

  @Test
  void workThatAlwaysEndsInADefectIsGivenUp() throws Exception {
    queue("ann");
    node(
        options("a", 4),
        run -> {
          started.add(run);
          // not in five seconds
          throw new IllegalStateException("a defect");
        });
    for (int i = 1; i <= 3; i++) {
      assertThat(next().lease().epoch()).isEqualTo(i);
      database.update(
          "update scheduled_tasks set execution_time = clock_timestamp() where not picked");
    }
    assertThat(givenUp.poll(30, TimeUnit.SECONDS)).contains("3 times").contains("a defect");
  }
}
