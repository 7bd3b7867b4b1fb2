package dev.winnow.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.evidence.TestSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * The judge on 2,399 instances with real candidates, real generated tests and known truth. The
 * floor is what a rule that counts all passed tests reaches; an abstention counts as the average of
 * the candidates, which is what a person who flips a coin would get.
 */
class JudgeOnRealCandidatesTest {

  private static final Map<String, Double> FLOOR =
      Map.ofEntries(
          Map.entry("indep/2", .777),
          Map.entry("indep/3", .785),
          Map.entry("indep/5", .691),
          Map.entry("indep/8", .622),
          Map.entry("tdd/2", .614),
          Map.entry("tdd/3", .647),
          Map.entry("tdd/5", .628),
          Map.entry("tdd/8", .594),
          Map.entry("tdd+10/2", .673),
          Map.entry("tdd+10/3", .674),
          Map.entry("tdd+10/5", .598),
          Map.entry("tdd+10/8", .597));

  /** Differences below about three points are noise on this data. */
  private static final double NOISE = .03;

  @Test
  void picksAreAsGoodAsCountingAllTestsAndNeverTrustAnAuthor() {
    Map<String, List<Double>> picks = new TreeMap<>();
    for (JsonNode instance : instances()) {
      picks
          .computeIfAbsent(
              instance.get("mode").asText() + "/" + instance.get("n").asInt(),
              _ -> new ArrayList<>())
          .add(pick(instance));
    }
    assertThat(picks.keySet()).isEqualTo(new TreeMap<>(FLOOR).keySet());
    picks.forEach((kind, values) -> {
      double share = values.stream().mapToDouble(v -> v).average().orElseThrow();
      assertThat(share).as(kind).isGreaterThan(FLOOR.getOrDefault(kind, 1.0) - NOISE);
    });
  }

  /** 1 for a right pick, 0 for a wrong one, the average when it comes down to diff size. */
  private static double pick(JsonNode instance) {
    int n = instance.get("n").asInt();
    EvidenceBuilder evidence = new EvidenceBuilder();
    Map<Integer, List<Integer>> byAuthor = new TreeMap<>();
    for (int t = 0; t < instance.get("author").size(); t++) {
      int author = Math.max(-1, instance.get("author").get(t).asInt());
      byAuthor.computeIfAbsent(author, _ -> new ArrayList<>()).add(t);
    }
    for (int c = 0; c < n; c++) {
      String[] own =
          byAuthor.getOrDefault(c, List.of()).stream().map(t -> "t" + t).toArray(String[]::new);
      evidence.candidate("c" + (c + 1), 1, own.length == 0 ? new String[] {"own"} : own);
    }
    byAuthor.forEach((author, tests) -> {
      String set = author < 0 ? TestSet.TESTER : "c" + (author + 1);
      if (author < 0) {
        evidence.independent(tests.stream().map(t -> "t" + t).toArray(String[]::new));
      }
      for (int c = 0; c < n; c++) {
        if (c != author) {
          String passes = instance.get("passes").get(c).asText();
          List<String> words =
              tests.stream().map(t -> "t" + t + (passes.charAt(t) == '1' ? "+" : "-")).toList();
          evidence.cell(set, "c" + (c + 1), String.join(" ", words));
        }
      }
    });
    Decision decision = evidence.decide();
    boolean byTests =
        decision.winner() != null && decision.rule() != Decision.Rule.TIE_SMALLER_DIFF;
    List<CandidateVerdict> top = byTests ? List.of() : best(decision);
    if (byTests) {
      int winner = Integer.parseInt(Objects.requireNonNull(decision.winner()).substring(1)) - 1;
      return instance.get("correct").get(winner).asBoolean() ? 1 : 0;
    }
    return top.stream()
        .mapToInt(v ->
            instance
                    .get("correct")
                    .get(Integer.parseInt(v.candidate().substring(1)) - 1)
                    .asBoolean()
                ? 1
                : 0)
        .average()
        .orElseThrow();
  }

  private static List<CandidateVerdict> best(Decision decision) {
    double max = decision.candidates().stream().mapToDouble(v -> share(v)).max().orElseThrow();
    return decision.candidates().stream().filter(v -> share(v) > max - 1e-9).toList();
  }

  private static double share(CandidateVerdict verdict) {
    return verdict.counted() == 0 ? .5 : (double) verdict.passed() / verdict.counted();
  }

  private static List<JsonNode> instances() {
    try (var raw =
            Objects.requireNonNull(
                JudgeOnRealCandidatesTest.class.getResourceAsStream(
                    "/selection/instances.jsonl.gz"));
        var reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.UTF_8))) {
      return reader.lines().map(line -> Json.read(line, JsonNode.class)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
