package dev.winnow.judge.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.JudgePrompt;
import dev.winnow.agent.OutputFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The strict form of a verdict, as providers enforce it. */
final class VerdictFormat {

  static final String UNDECIDED = "undecided";

  private VerdictFormat() {}

  static OutputFormat of(int candidates) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < candidates; i++) {
      labels.add(JudgePrompt.label(i));
    }
    List<String> winners = new ArrayList<>(labels);
    winners.add(UNDECIDED);
    Map<String, Object> text = Map.of("type", "string");
    Map<String, Object> score =
        object(
            Map.of(
                "candidate", Map.of("type", "string", "enum", labels),
                "score", Map.of("type", "integer")),
            List.of("candidate", "score"));
    Map<String, Object> verdict =
        object(
            Map.of(
                "winner", Map.of("type", "string", "enum", winners),
                "scores", Map.of("type", "array", "items", score),
                "evidence", Map.of("type", "array", "items", text),
                "rationale", text),
            List.of("winner", "scores", "evidence", "rationale"));
    return new OutputFormat("verdict", Json.mapper().convertValue(verdict, JsonNode.class));
  }

  private static Map<String, Object> object(Map<String, Object> properties, List<String> required) {
    return Map.of(
        "type",
        "object",
        "properties",
        properties,
        "required",
        required,
        "additionalProperties",
        false);
  }
}
