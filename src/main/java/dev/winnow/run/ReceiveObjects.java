package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.PackStore;
import dev.winnow.checkpoint.PackStore.Pack;
import dev.winnow.checkpoint.PackStore.Place;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SharedRemote;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Completes the mirror of this node: the base, if no repository here has it, and all that was left
 * for the run by other nodes, wherever they left it.
 */
record ReceiveObjects(Database database, Optional<SharedRemote> remote) {

  void receive(Mirror mirror, UUID run, String base) {
    PackStore packs = new PackStore(database, mirror.identity());
    Optional<Pack> sentBase = mirror.has(base) ? Optional.empty() : packs.base(base);
    List<Pack> lacking =
        Stream.concat(
                sentBase.stream(),
                packs.of(run).stream().filter(pack -> !mirror.has(pack.wanted())))
            .toList();
    List<Place> places = lacking.stream().flatMap(pack -> pack.place().stream()).toList();
    if (!places.isEmpty()) {
      fetch(mirror, places);
    }
    if (!mirror.has(base)) {
      byte[] data =
          sentBase
              .flatMap(pack -> packs.read(pack.name()))
              .orElseThrow(() ->
                  WinnowException.infrastructure(
                      "This node has neither the repository %s nor a copy of its commit %s: the run"
                              .formatted(mirror.repository(), base)
                          + " can only go on where the repository is.",
                      null));
      mirror.unpack(data, Optional.of(base));
    } else if (sentBase.isPresent()) {
      mirror.keepBase(base);
    }
    for (Pack pack : lacking) {
      if (pack.place().isEmpty() && !mirror.has(pack.wanted())) {
        packs.read(pack.name()).ifPresent(data -> mirror.unpack(data, Optional.empty()));
      }
    }
  }

  private void fetch(Mirror mirror, List<Place> places) {
    String named = places.getFirst().remote();
    SharedRemote shared =
        remote
            .filter(mine -> mine.shown().equals(named))
            .orElseThrow(() ->
                WinnowException.infrastructure(
                    "The files of the run are in the git remote %s, which this node does not use: set 'snapshots' to it."
                        .formatted(named),
                    null));
    shared.fetch(mirror, places.stream().map(Place::ref).distinct().toList());
  }
}
