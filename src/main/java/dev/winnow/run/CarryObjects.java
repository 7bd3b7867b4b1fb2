package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.PackStore;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings a run's base and snapshots to nodes with another data directory, through the database.
 * Only for a database that other machines can reach: processes that share the embedded one share
 * the mirror as well.
 */
final class CarryObjects {

  /** A base or a snapshot that is larger stays where it is, and with it the run. */
  static final int LARGEST = 256 << 20; // bytes

  private final Mirror mirror;
  private final PackStore packs;
  private final Lease lease;
  private final String base;
  private final String baseTree;
  private final AtomicInteger count = new AtomicInteger();

  CarryObjects(Database database, Mirror mirror, Lease lease, String base) {
    this.mirror = mirror;
    this.packs = new PackStore(database, mirror.identity());
    this.lease = lease;
    this.base = base;
    this.baseTree = mirror.treeOf(base);
  }

  /**
   * Makes the base available to other nodes, once for each commit.
   *
   * @return false when it is too large for that
   */
  static boolean sendBase(Database database, Mirror mirror, String base) {
    PackStore packs = new PackStore(database, mirror.identity());
    if (packs.has("base/" + base)) {
      return true;
    }
    Optional<byte[]> pack = mirror.pack(base, List.of(), LARGEST);
    pack.ifPresent(data -> packs.putBase(base, data));
    return pack.isPresent();
  }

  /**
   * Completes the mirror of this node: the base, if no repository here has it, and all that was
   * sent for the run.
   */
  static void receive(Database database, Mirror mirror, UUID run, String base) {
    PackStore packs = new PackStore(database, mirror.identity());
    if (!mirror.has(base)) {
      byte[] data =
          packs
              .read("base/" + base)
              .orElseThrow(() ->
                  WinnowException.infrastructure(
                      "This node has neither the repository %s nor a copy of its commit %s: the run"
                              .formatted(mirror.repository(), base)
                          + " can only go on where the repository is.",
                      null));
      mirror.unpack(data, Optional.of(base));
    }
    for (PackStore.Pack pack : packs.of(run)) {
      if (!mirror.has(pack.wanted())) {
        packs.read(pack.name()).ifPresent(data -> mirror.unpack(data, Optional.empty()));
      }
    }
  }

  /**
   * Sends what a tree or commit has beyond the base and the one before.
   *
   * @return false when that is too large
   */
  boolean send(String candidate, String wanted, String before) {
    if (wanted.equals(before) || wanted.equals(baseTree)) {
      return true;
    }
    Optional<byte[]> pack = mirror.pack(wanted, List.of(base, before), LARGEST);
    pack.ifPresent(data ->
        packs.put(
            lease,
            "%s/%d-%d/%s".formatted(candidate, lease.epoch(), count.incrementAndGet(), wanted),
            wanted,
            data));
    return pack.isPresent();
  }
}
