package dev.winnow.app;

import static java.util.Objects.requireNonNull;

import dev.winnow.app.ChaosCluster.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real node processes that are killed, frozen and cut off from disk and database while they work,
 * at chosen moments. The short form is part of the suite; {@code -Dwinnow.chaos.runs=200} is the
 * long one.
 */
@Timeout(7200)
@Order(1) // one of the longest
class ChaosTest {

  private static final int RUNS = Integer.getInteger("winnow.chaos.runs", 20);
  private static final int BATCH = 3;
  private static final int LATENCY = 100; // milliseconds of each model call

  /** What happens after each batch of runs, in turns. A takeover takes longest, so they are few. */
  private enum Trouble {
    KILLED_IN_A_SNAPSHOT,
    KILLED_IN_A_JOURNAL_WRITE,
    KILLED_AT_THE_DECISION,
    KILLED_AT_THE_DELIVERY,
    FROZEN,
    DATABASE_AND_DISK
  }

  /** Where nobody was yet when a node was killed; looked for beside the points of the troubles. */
  private final Set<ChaosPoint> unseen =
      EnumSet.of(ChaosPoint.IN_A_MODEL_CALL, ChaosPoint.IN_A_TOOL, ChaosPoint.IN_A_TEST_RUN);

  @Test
  void everyRunEndsAsIfNothingHadHappened() throws Exception {
    try (ChaosCluster cluster = ChaosCluster.create(2)) {
      Map<Kind, UUID> undisturbed = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        undisturbed.put(kind, cluster.submit("undisturbed-" + kind, 0, kind));
      }
      undisturbed.values().forEach(cluster::awaitEnd);

      Map<UUID, Kind> runs = new HashMap<>();
      List<Kind> kinds = List.of(Kind.values());
      List<Trouble> troubles = List.of(Trouble.values());
      for (int i = 0; i < RUNS; i++) {
        Kind kind = kinds.get(i % kinds.size());
        runs.put(cluster.submit("run-" + i, LATENCY, kind), kind);
        if (i % BATCH == BATCH - 1) {
          make(troubles.get(i / BATCH % troubles.size()), cluster);
        }
      }
      for (ChaosPoint point : unseen) {
        cluster.awaitNoStepNearItsEnd();
        runs.put(cluster.submit("for-" + point, LATENCY, Kind.ONE_CANDIDATE), Kind.ONE_CANDIDATE);
        kill(cluster, cluster.nodeAt(point));
      }
      runs.keySet().forEach(cluster::awaitEnd);
      cluster.stopNodes();

      ChaosOutcome outcome = new ChaosOutcome(cluster);
      runs.forEach((run, kind) -> outcome.endedAlike(run, requireNonNull(undisturbed.get(kind))));
      outcome.everyRunHasOneBranch();
      outcome.nothingRecordedWasDoneAgain();
      outcome.whatWasInFlightIsInTheLedger();
      outcome.noZombieWrote();
      outcome.nothingIsLeft();
    }
  }

  private void make(Trouble trouble, ChaosCluster cluster) throws Exception {
    cluster.awaitNoStepNearItsEnd();
    switch (trouble) {
      case KILLED_IN_A_SNAPSHOT -> kill(cluster, ChaosPoint.IN_A_SNAPSHOT);
      case KILLED_IN_A_JOURNAL_WRITE -> kill(cluster, ChaosPoint.IN_A_JOURNAL_WRITE);
      case KILLED_AT_THE_DECISION -> kill(cluster, ChaosPoint.AT_THE_DECISION);
      case KILLED_AT_THE_DELIVERY -> kill(cluster, ChaosPoint.AT_THE_DELIVERY);
      case FROZEN -> {
        int frozen = cluster.nodeAt(ChaosPoint.IN_A_MODEL_CALL);
        cluster.signal(frozen, "STOP");
        cluster.awaitTakenOver(cluster.leases(frozen));
        cluster.signal(frozen, "CONT");
      }
      case DATABASE_AND_DISK -> {
        int full = cluster.nodeAt(ChaosPoint.IN_A_MODEL_CALL);
        cluster.limitFiles(full, "0");
        cluster.awaitSecondTry();
        cluster.limitFiles(full, "unlimited");
        int _ = cluster.nodeAt(ChaosPoint.IN_A_TEST_RUN);
        cluster.killDatabase();
      }
    }
  }

  private void kill(ChaosCluster cluster, ChaosPoint point) throws Exception {
    kill(cluster, cluster.killAt(point, unseen));
  }

  private static void kill(ChaosCluster cluster, int node) throws Exception {
    cluster.signal(node, "KILL");
    Map<UUID, Long> lost = cluster.leases(node);
    cluster.restart(node);
    // or one step could see three crashes, and its run would rightly be given up
    cluster.awaitTakenOver(lost);
  }
}
