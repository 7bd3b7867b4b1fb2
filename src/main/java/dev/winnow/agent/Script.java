package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scripted agent will say and call.
 *
 * @param phases by name: red, green, repair, answer; each a list of attempts, each a list of turns.
 *     A phase that the file does not have is absent
 * @param rounds what it asks in each round of an interview; null when the script says nothing of it
 * @param prose what it says instead of asking, or null
 * @param specification its reply when criteria and plan are to be written, or null
 * @param verdicts the replies to a judging prompt and to the request to repair it
 * @param usage of every reply
 * @param costMicros of every reply, in micro-dollars; scripts can pretend to cost something
 */
record Script(
    Map<String, List<List<Turn>>> phases,
    @Nullable List<List<JsonNode>> rounds,
    @Nullable String prose,
    @Nullable String specification,
    List<ScriptedVerdict> verdicts,
    Duration latency,
    Usage usage,
    long costMicros) {

  Script {
    phases = Map.copyOf(phases);
    rounds = rounds == null ? null : rounds.stream().map(List::copyOf).toList();
    verdicts = List.copyOf(verdicts);
  }

  /** One reply of the model. */
  record Turn(String say, List<Call> calls) {
    Turn {
      calls = List.copyOf(calls);
    }
  }

  record Call(String tool, JsonNode arguments) {}
}
