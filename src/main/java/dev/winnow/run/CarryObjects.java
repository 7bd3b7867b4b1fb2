package dev.winnow.run;

import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.PackStore;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SharedRemote;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Brings a run's base and snapshots to nodes with another data directory, through the database or
 * through a git remote. Only for a database that other machines can reach: processes that share the
 * embedded one share the mirror as well.
 */
final class CarryObjects implements AutoCloseable {

  /** A base or a snapshot that is larger stays where it is, and with it the run. */
  static final int LARGEST = 256 << 20; // bytes

  private final Mirror mirror;
  private final PackStore packs;
  private final Lease lease;
  private final String base;
  private final String baseTree;
  private final Consumer<RunEvent> events;
  private final Optional<LeaveInRemote> leave;
  private final AtomicInteger count = new AtomicInteger();

  CarryObjects(
      Database database,
      Optional<SharedRemote> remote,
      Mirror mirror,
      Lease lease,
      String base,
      Consumer<RunEvent> events) {
    this.mirror = mirror;
    this.packs = new PackStore(database, mirror.identity());
    this.lease = lease;
    this.base = base;
    this.baseTree = mirror.treeOf(base);
    this.events = events;
    this.leave =
        remote.map(shared -> new LeaveInRemote(shared, mirror, packs, lease, base, events));
  }

  /**
   * Makes the base available to other nodes, once for each commit.
   *
   * @return false when it is too large for that
   */
  static boolean sendBase(
      Database database, Optional<SharedRemote> remote, Mirror mirror, String base) {
    PackStore packs = new PackStore(database, mirror.identity());
    if (isThere(packs, remote, base)) {
      return true;
    }
    if (remote.isPresent()) {
      LeaveInRemote.base(remote.get(), mirror, packs, base);
      return true;
    }
    Optional<byte[]> pack = mirror.pack(base, List.of(), LARGEST);
    pack.ifPresent(data -> packs.putBase(base, data));
    return pack.isPresent();
  }

  /** In the database, which every node reads, or in the remote that the settings name. */
  private static boolean isThere(PackStore packs, Optional<SharedRemote> remote, String base) {
    return packs
        .base(base)
        .filter(pack ->
            pack.place()
                .map(place ->
                    remote.filter(shared -> shared.shown().equals(place.remote())).isPresent())
                .orElse(true))
        .isPresent();
  }

  /** The same for the base of this run, while the run goes on. */
  void sendBase(Database database) {
    if (leave.isPresent()) {
      leave.get().sendBase();
    } else if (!sendBase(database, Optional.empty(), mirror, base)) {
      tell(
          "The base is larger than %d MiB, too much to be sent to other nodes: if this node dies, the run can only go on where the repository is.");
    }
  }

  /**
   * Sends what a tree or commit has beyond the base and the one before, or says why it could not.
   */
  void send(String candidate, String wanted, String before) {
    if (wanted.equals(before) || wanted.equals(baseTree)) {
      return;
    }
    if (leave.isPresent()) {
      leave.get().send(candidate, wanted);
      return;
    }
    Optional<byte[]> pack = mirror.pack(wanted, List.of(base, before), LARGEST);
    pack.ifPresentOrElse(
        data ->
            packs.put(
                lease,
                "%s/%d-%d/%s".formatted(candidate, lease.epoch(), count.incrementAndGet(), wanted),
                wanted,
                data),
        () ->
            tell(
                "The files of "
                    + candidate
                    + " changed by more than %d MiB, too much to be sent to other nodes: if this node dies, the run can only go on here."));
  }

  private void tell(String text) {
    events.accept(new RunEvent.Notice(text.formatted(LARGEST >> 20)));
  }

  /** What a remote did not take meanwhile gets its last chance. */
  @Override
  public void close() {
    leave.ifPresent(LeaveInRemote::flush);
  }
}
