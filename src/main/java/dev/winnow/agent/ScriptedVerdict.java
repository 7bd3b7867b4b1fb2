package dev.winnow.agent;

import dev.winnow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a scripted judge answers. Candidates are shown to it under letters and in two orders, so a
 * script names its winner by what only that candidate wrote; one that names a place instead is a
 * judge that always likes, say, the first, and contradicts itself when the order is turned round.
 */
sealed interface ScriptedVerdict {

  /** The candidate whose material holds this text; undecided when none or several do. */
  record ByContent(String text, String rationale) implements ScriptedVerdict {}

  /**
   * The candidate at this place.
   *
   * @param place from 1; 0 for undecided
   */
  record ByPlace(int place, String rationale) implements ScriptedVerdict {}

  /** Whatever the script says, to the letter. */
  record Literal(String text) implements ScriptedVerdict {}

  /** The judge's answer to a prompt. */
  default String answer(String prompt) {
    List<JudgePrompt.Shown> shown = JudgePrompt.read(prompt);
    return switch (this) {
      case Literal literal -> literal.text();
      case ByPlace place ->
          json(
              shown,
              place.place() >= 1 && place.place() <= shown.size()
                  ? Optional.of(shown.get(place.place() - 1))
                  : Optional.empty(),
              Optional.empty(),
              place.rationale());
      case ByContent content -> {
        List<JudgePrompt.Shown> holders =
            shown.stream().filter(c -> c.material().contains(content.text())).toList();
        yield json(
            shown,
            holders.size() == 1 ? Optional.of(holders.getFirst()) : Optional.empty(),
            Optional.of(content.text()),
            content.rationale());
      }
    };
  }

  private static String json(
      List<JudgePrompt.Shown> shown,
      Optional<JudgePrompt.Shown> winner,
      Optional<String> quotation,
      String rationale) {
    List<Map<String, Object>> scores = new ArrayList<>();
    for (JudgePrompt.Shown candidate : shown) {
      Map<String, Object> score = new LinkedHashMap<>();
      score.put("candidate", candidate.label());
      score.put("score", winner.filter(candidate::equals).isPresent() ? 90 : 50);
      scores.add(score);
    }
    String material = winner.or(() -> shown.stream().findFirst()).map(c -> c.material()).orElse("");
    Map<String, Object> verdict = new LinkedHashMap<>();
    verdict.put("winner", winner.map(JudgePrompt.Shown::label).orElse("undecided"));
    verdict.put("scores", scores);
    verdict.put("evidence", List.of(quotation.orElseGet(() -> CapText.oneLine(material, 120))));
    verdict.put("rationale", rationale);
    return Json.write(verdict);
  }
}
