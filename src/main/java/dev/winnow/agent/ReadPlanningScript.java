package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.ScriptSource.Fields;
import dev.winnow.agent.ScriptSource.Items;
import dev.winnow.agent.ScriptSource.Scalar;
import dev.winnow.agent.ScriptSource.Value;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a script that plays an interview: {@code questions} is one round, a list of rounds,
 * or prose of a model that does not ask; {@code specification} is an object or prose.
 */
record ReadPlanningScript(
    @Nullable List<List<JsonNode>> rounds, @Nullable String prose, @Nullable String specification) {

  static ReadPlanningScript of(@Nullable Value questions, @Nullable Value specification) {
    boolean prose = questions instanceof Scalar;
    return new ReadPlanningScript(
        questions == null || prose ? null : rounds(questions),
        prose && questions != null ? ReadScript.text(questions, "questions") : null,
        specification == null ? null : specification(specification));
  }

  private static List<List<JsonNode>> rounds(Value value) {
    List<Value> items = ReadScript.items(value, "questions");
    boolean nested = !items.isEmpty() && items.getFirst() instanceof Items;
    return nested
        ? items.stream()
            .map(round -> round(ReadScript.items(round, "a round of questions")))
            .toList()
        : List.of(round(items));
  }

  private static List<JsonNode> round(List<Value> items) {
    return items.stream().map(ReadPlanningScript::question).toList();
  }

  private static JsonNode question(Value item) {
    Fields question =
        ReadScript.object(item, "a question", Set.of("question", "rationale", "suggestions"));
    ReadScript.text(ReadScript.required(question, "question"), "question");
    Value rationale = question.values().get("rationale");
    if (rationale != null) {
      ReadScript.text(rationale, "rationale");
    }
    Value suggestions = question.values().get("suggestions");
    if (suggestions != null) {
      ReadScript.items(suggestions, "suggestions").forEach(s -> ReadScript.text(s, "a suggestion"));
    }
    return ScriptSource.json(question);
  }

  private static String specification(Value value) {
    if (value instanceof Scalar) {
      return ReadScript.text(value, "specification");
    }
    ReadScript.object(value, "a specification", Set.of("overview", "criteria", "plan"));
    return Json.write(ScriptSource.json(value));
  }
}
