package dev.winnow.judge.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** The two orders in which a judge sees the candidates: shuffled, and that turned round. */
final class BlindOrders {

  private BlindOrders() {}

  /** The same run always gives the same orders, so that a resumed one asks the same questions. */
  static List<List<String>> of(UUID run, List<String> candidates) {
    List<String> shuffled = new ArrayList<>(candidates);
    long seed = run.getMostSignificantBits() ^ Long.rotateLeft(run.getLeastSignificantBits(), 32);
    Collections.shuffle(shuffled, new Random(seed));
    return List.of(List.copyOf(shuffled), shuffled.reversed());
  }
}
