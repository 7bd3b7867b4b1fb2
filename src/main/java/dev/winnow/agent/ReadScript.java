package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.winnow.agent.ScriptSource.Fields;
import dev.winnow.agent.ScriptSource.Items;
import dev.winnow.agent.ScriptSource.Place;
import dev.winnow.agent.ScriptSource.Scalar;
import dev.winnow.agent.ScriptSource.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a script strictly: what it does not know, it refuses, with file, line and column. */
final class ReadScript {

  private static final long MAX_LATENCY_MILLIS = 600_000;
  private static final long MAX_COST_MICROS = 1_000_000_000;

  private final Set<String> tools;

  private ReadScript(Set<String> tools) {
    this.tools = tools;
  }

  /**
   * @param tools the names that a call may use
   */
  static Script from(Path file, Set<String> tools) {
    return new ReadScript(tools).script(ScriptSource.read(file));
  }

  private Script script(Value root) {
    Fields script =
        object(
            root,
            "a script",
            Set.of(
                "red",
                "green",
                "repair",
                "answer",
                "questions",
                "specification",
                "verdict",
                "latencyMs",
                "usage",
                "costMicros"));
    Map<String, List<List<Script.Turn>>> phases = new HashMap<>();
    script
        .values()
        .forEach((key, value) -> {
          switch (key) {
            case "red" -> phases.put(key, attemptsOrTurns(value));
            case "green", "answer" -> phases.put(key, List.of(turns(value, key)));
            case "repair" -> phases.put(key, attempts(items(value, key), key));
            default -> {} // no phase
          }
        });
    ReadPlanningScript planning =
        ReadPlanningScript.of(
            script.values().get("questions"), script.values().get("specification"));
    Value latency = script.values().get("latencyMs");
    Value usage = script.values().get("usage");
    Value cost = script.values().get("costMicros");
    return new Script(
        phases,
        planning.rounds(),
        planning.prose(),
        planning.specification(),
        verdicts(script.values().get("verdict")),
        Duration.ofMillis(latency == null ? 0 : number(latency, "latencyMs", MAX_LATENCY_MILLIS)),
        usage == null ? Usage.NONE : usage(usage),
        cost == null ? 0 : number(cost, "costMicros", MAX_COST_MICROS));
  }

  /** {@code red} is one attempt, or a list of attempts for an agent whose first one is refused. */
  private List<List<Script.Turn>> attemptsOrTurns(Value value) {
    List<Value> items = items(value, "red");
    boolean nested = !items.isEmpty() && items.getFirst() instanceof Items;
    return nested ? attempts(items, "red") : List.of(turns(value, "red"));
  }

  private List<List<Script.Turn>> attempts(List<Value> items, String what) {
    return items.stream().map(item -> turns(item, what)).toList();
  }

  private List<Script.Turn> turns(Value value, String what) {
    return items(value, what).stream().map(this::turn).toList();
  }

  private Script.Turn turn(Value value) {
    Fields turn = object(value, "a turn", Set.of("say", "calls"));
    Value say = turn.values().get("say");
    Value calls = turn.values().get("calls");
    return new Script.Turn(
        say == null ? "" : text(say, "say"),
        calls == null ? List.of() : items(calls, "calls").stream().map(this::call).toList());
  }

  private Script.Call call(Value value) {
    Fields call = object(value, "a call", Set.of("tool", "arguments"));
    Value tool = required(call, "tool");
    String name = text(tool, "tool");
    if (!tools.contains(name)) {
      throw tool.place()
          .refuse("unknown tool '%s'; known: %s".formatted(name, String.join(", ", sorted(tools))));
    }
    Value arguments = call.values().get("arguments");
    if (arguments == null) {
      return new Script.Call(name, JsonNodeFactory.instance.objectNode());
    }
    if (!(arguments instanceof Fields)) {
      throw arguments.place().refuse("arguments must be an object");
    }
    return new Script.Call(name, ScriptSource.json(arguments));
  }

  /** One verdict, or a list: for the first prompt, and for the one that asks to repair it. */
  private static List<ScriptedVerdict> verdicts(@Nullable Value value) {
    if (value == null) {
      return List.of();
    }
    return value instanceof Items items
        ? items.values().stream().map(ReadScript::verdict).toList()
        : List.of(verdict(value));
  }

  private static ScriptedVerdict verdict(Value value) {
    if (value instanceof Scalar) {
      return new ScriptedVerdict.Literal(text(value, "a verdict"));
    }
    Fields verdict = object(value, "a verdict", Set.of("winner", "rationale"));
    Value winner = required(verdict, "winner");
    String rationale = text(required(verdict, "rationale"), "rationale");
    if (winner instanceof Scalar(JsonNode scalar, Place _) && scalar.isTextual()) {
      if (scalar.asText().isBlank()) {
        throw winner.place().refuse("winner must be words of the candidate that wins, or a place");
      }
      return new ScriptedVerdict.ByContent(scalar.asText(), rationale);
    }
    return new ScriptedVerdict.ByPlace((int) number(winner, "winner", 1000), rationale);
  }

  private static Usage usage(Value value) {
    Set<String> keys =
        Set.of(
            "inputTokens",
            "outputTokens",
            "cachedInputTokens",
            "reasoningTokens",
            "cacheWriteTokens");
    Fields usage = object(value, "usage", keys);
    Map<String, Long> counts = new HashMap<>();
    usage.values().forEach((key, count) -> counts.put(key, number(count, key, Integer.MAX_VALUE)));
    return new Usage(
        counts.getOrDefault("inputTokens", 0L),
        counts.getOrDefault("outputTokens", 0L),
        counts.getOrDefault("cachedInputTokens", 0L),
        counts.getOrDefault("reasoningTokens", 0L),
        counts.getOrDefault("cacheWriteTokens", 0L));
  }

  static Fields object(Value value, String what, Set<String> known) {
    if (!(value instanceof Fields fields)) {
      throw value.place().refuse(what + " must be an object");
    }
    fields
        .values()
        .forEach((key, field) -> {
          if (!known.contains(key)) {
            throw field
                .place()
                .refuse(
                    "%s has no key '%s'; known: %s"
                        .formatted(
                            what, CapText.oneLine(key, 60), String.join(", ", sorted(known))));
          }
        });
    return fields;
  }

  static Value required(Fields fields, String key) {
    Value value = fields.values().get(key);
    if (value == null) {
      throw fields.place().refuse("'" + key + "' is missing");
    }
    return value;
  }

  static List<Value> items(Value value, String what) {
    if (value instanceof Items items) {
      return items.values();
    }
    throw value.place().refuse(what + " must be a list");
  }

  static String text(Value value, String what) {
    if (value instanceof Scalar(JsonNode scalar, Place _) && scalar.isTextual()) {
      return scalar.asText();
    }
    throw value.place().refuse(what + " must be a text");
  }

  private static long number(Value value, String what, long max) {
    if (value instanceof Scalar(JsonNode scalar, Place _)
        && scalar.isIntegralNumber()
        && scalar.canConvertToLong()
        && scalar.asLong() >= 0
        && scalar.asLong() <= max) {
      return scalar.asLong();
    }
    throw value.place().refuse("%s must be a whole number from 0 to %d".formatted(what, max));
  }

  private static Set<String> sorted(Set<String> names) {
    return new TreeSet<>(names);
  }
}
