package dev.winnow.judge.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a judge said about one order of the candidates.
 *
 * @param winner candidate id, or null for undecided
 * @param scores 0 to 100 by candidate id
 * @param evidence quotations from what the judge was shown; Winnow found them there
 */
public record Verdict(
    @Nullable String winner, Map<String, Integer> scores, List<String> evidence, String rationale) {
  public Verdict {
    scores = Collections.unmodifiableMap(new TreeMap<>(scores));
    evidence = List.copyOf(evidence);
  }
}
