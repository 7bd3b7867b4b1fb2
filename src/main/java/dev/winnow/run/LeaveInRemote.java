package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.PackStore;
import dev.winnow.checkpoint.PackStore.Place;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SharedRemote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Leaves what a run makes in a git remote: one ref for each candidate and lease, and a row in the
 * database that names it. While the remote is away the run goes on, and says so once; what was kept
 * back is sent with the first snapshot after that.
 */
final class LeaveInRemote {

  /** Not each snapshot waits for a remote that is away. */
  private static final Duration PAUSE = Duration.ofSeconds(20);

  private record Kept(String name, String wanted) {}

  /** What one candidate has left, and what it could not. */
  private static final class Branch {
    private final List<Kept> kept = new ArrayList<>();
    private Optional<String> last = Optional.empty();
    private int count;
  }

  private final SharedRemote remote;
  private final Mirror mirror;
  private final PackStore packs;
  private final Lease lease;
  private final String base;
  private final Consumer<RunEvent> events;
  private final Map<String, Branch> branches = new ConcurrentHashMap<>();
  private boolean away;
  private long awaySince;

  LeaveInRemote(
      SharedRemote remote,
      Mirror mirror,
      PackStore packs,
      Lease lease,
      String base,
      Consumer<RunEvent> events) {
    this.remote = remote;
    this.mirror = mirror;
    this.packs = packs;
    this.lease = lease;
    this.base = base;
    this.events = events;
  }

  /** Leaves a base, which all runs on the commit share. */
  static void base(SharedRemote remote, Mirror mirror, PackStore packs, String base) {
    String ref = SharedRemote.ref(mirror, "base/" + base);
    String parcel = remote.parcel(mirror, base, Optional.empty());
    remote.push(mirror, ref, parcel);
    packs.putBase(base, new Place(remote.shown(), ref));
    // housekeeping elsewhere may have deleted a ref that had no row yet
    remote.push(mirror, ref, parcel);
  }

  void sendBase() {
    if (packs.base(base).isEmpty()) {
      attempt(() -> base(remote, mirror, packs, base));
    }
  }

  void send(String candidate, String wanted) {
    Branch branch = branches.computeIfAbsent(candidate, _ -> new Branch());
    synchronized (branch) {
      branch.count++;
      branch.last =
          Optional.of(
              remote.parcel(
                  mirror,
                  wanted,
                  branch.last.or(
                      () -> Optional.of(remote.parcel(mirror, base, Optional.empty())))));
      branch.kept.add(
          new Kept(
              "%s/%d-%d/%s".formatted(candidate, lease.epoch(), branch.count, wanted), wanted));
      if (isWorthATry()) {
        send(candidate, branch);
      }
    }
  }

  private void send(String candidate, Branch branch) {
    String ref =
        SharedRemote.ref(mirror, "%s/%s-%d".formatted(lease.run(), candidate, lease.epoch()));
    attempt(() -> {
      remote.push(mirror, ref, branch.last.orElseThrow());
      branch.kept.forEach(
          kept -> packs.put(lease, kept.name(), kept.wanted(), new Place(remote.shown(), ref)));
      branch.kept.clear();
    });
  }

  /** Sends what was kept back. */
  void flush() {
    branches.forEach((candidate, branch) -> {
      synchronized (branch) {
        if (!branch.kept.isEmpty()) {
          send(candidate, branch);
        }
      }
    });
  }

  private void attempt(Runnable work) {
    try {
      work.run();
      if (isBack()) {
        events.accept(
            new RunEvent.Notice("The git remote for snapshots answers again, and has the files."));
      }
    } catch (WinnowException e) {
      if (!SharedRemote.isAway(e)) {
        throw e;
      }
      if (isNews()) {
        events.accept(
            new RunEvent.Notice(
                "%s. The run goes on; until the remote answers, only this node has the newest files."
                    .formatted(e.getMessage())));
      }
    }
  }

  private synchronized boolean isWorthATry() {
    return !away || System.nanoTime() - awaySince > PAUSE.toNanos();
  }

  private synchronized boolean isBack() {
    boolean was = away;
    away = false;
    return was;
  }

  private synchronized boolean isNews() {
    boolean was = away;
    away = true;
    awaySince = System.nanoTime();
    return !was;
  }
}
