package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.tool.AskUserQuestion;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that follows a script: a pure function of the request. The purpose chooses the phase, and
 * how often the model has answered since the last prompt chooses the turn.
 *
 * <p>{@code red}, {@code red-2}, {@code red-3} are the attempts of the phase red; {@code repair-1}
 * to {@code repair-3} those of repair; {@code tester} (an agent that only writes independent tests)
 * takes red as well.
 */
public final class ScriptedModel implements ChatModel {

  private static final Pattern PURPOSE = Pattern.compile("([a-z]+)(?:-(\\d{1,4}))?");

  private final String name;
  private final Script script;

  private ScriptedModel(String name, Script script) {
    this.name = name;
    this.script = script;
  }

  /**
   * @param name what reports call it
   * @param tools the names that a script may use
   * @throws dev.winnow.WinnowException of category USAGE with file, line, column and reason
   */
  public static ScriptedModel load(String name, Path file, Set<String> tools) {
    return new ScriptedModel(name, ReadScript.from(file, tools));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ModelReply reply(
      ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation) {
    int turn = turnsSincePrompt(request.messages());
    LogScriptedCalls.add(name, request.purpose(), turn + 1);
    await(cancellation);
    Script.Turn scripted = turn(request, turn);
    if (!scripted.say().isEmpty()) {
      deltas.accept(new ModelDelta.Text(scripted.say()));
    }
    List<ToolCall> calls = new ArrayList<>();
    for (Script.Call call : scripted.calls()) {
      String id = "%s-%d-%d".formatted(request.purpose(), turn + 1, calls.size() + 1);
      calls.add(new ToolCall(id, call.tool(), call.arguments()));
      deltas.accept(new ModelDelta.ToolCallPart(id, call.tool(), Json.write(call.arguments())));
    }
    return new ModelReply(
        new Message.Assistant(scripted.say(), calls, List.of()),
        script.usage(),
        calls.isEmpty() ? ModelReply.StopReason.END : ModelReply.StopReason.TOOL_CALLS,
        "",
        OptionalLong.of(script.costMicros()));
  }

  @Override
  public Estimate upTo(ModelRequest request) {
    Usage usage = script.usage();
    return new Estimate(script.costMicros(), usage.inputTokens() + usage.outputTokens());
  }

  private Script.Turn turn(ModelRequest request, int turn) {
    String purpose = request.purpose();
    Matcher matcher = PURPOSE.matcher(purpose);
    if (!matcher.matches()) {
      return silent(purpose);
    }
    String phase = matcher.group(1);
    int attempt = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
    return switch (phase) {
      case "questions" -> questions(attempt, turn, purpose);
      case "specify" -> specification(purpose);
      case "verdict" -> verdict(attempt, request);
      case "tester" -> turn("red", attempt, turn, purpose);
      default -> turn(phase, attempt, turn, purpose);
    };
  }

  private Script.Turn turn(String phase, int attempt, int turn, String purpose) {
    List<List<Script.Turn>> attempts = script.phases().getOrDefault(phase, List.of());
    if (attempt < 1 || attempt > attempts.size()) {
      return silent(purpose);
    }
    List<Script.Turn> turns = attempts.get(attempt - 1);
    if (turn < turns.size()) {
      return turns.get(turn);
    }
    return turns.isEmpty() ? silent(purpose) : new Script.Turn("", List.of());
  }

  /** Asks all questions of the round in one turn, through the tool; then it is done. */
  private Script.Turn questions(int round, int turn, String purpose) {
    List<List<JsonNode>> rounds = script.rounds();
    String prose = script.prose();
    if (prose != null) {
      return new Script.Turn(prose, List.of());
    }
    if (rounds == null) {
      return silent(purpose);
    }
    List<JsonNode> questions = round <= rounds.size() ? rounds.get(round - 1) : List.of();
    if (questions.isEmpty()) {
      return new Script.Turn(PlanningPrompts.NOTHING_UNCLEAR, List.of());
    }
    return turn > 0
        ? new Script.Turn("asked", List.of())
        : new Script.Turn("", questions.stream().map(ScriptedModel::asking).toList());
  }

  private static Script.Call asking(JsonNode question) {
    ObjectNode arguments = question.deepCopy();
    if (!arguments.has("rationale")) {
      arguments.put("rationale", "The request leaves it open.");
    }
    return new Script.Call(AskUserQuestion.NAME, arguments);
  }

  private Script.Turn specification(String purpose) {
    String text = script.specification();
    return text == null ? silent(purpose) : new Script.Turn(text, List.of());
  }

  /** The last one of the script holds for whatever comes after it. */
  private Script.Turn verdict(int attempt, ModelRequest request) {
    List<ScriptedVerdict> verdicts = script.verdicts();
    return verdicts.isEmpty()
        ? silent(request.purpose())
        : new Script.Turn(
            verdicts.get(Math.min(attempt, verdicts.size()) - 1).answer(prompts(request)),
            List.of());
  }

  private static String prompts(ModelRequest request) {
    StringBuilder text = new StringBuilder();
    for (Message message : request.messages()) {
      if (message instanceof Message.User user) {
        text.append(user.text()).append("\n\n");
      }
    }
    return text.toString();
  }

  private static Script.Turn silent(String purpose) {
    return new Script.Turn("(the script has nothing for " + purpose + ")", List.of());
  }

  private static int turnsSincePrompt(List<Message> messages) {
    int turns = 0;
    for (Message message : messages) {
      turns =
          switch (message) {
            case Message.User _ -> 0;
            case Message.Assistant _ -> turns + 1;
            case Message.ToolReturn _ -> turns;
          };
    }
    return turns;
  }

  private void await(Cancellation cancellation) {
    cancellation.check();
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = cancellation.onCancel(cancelled::countDown)) {
      if (cancelled.await(script.latency().toMillis(), TimeUnit.MILLISECONDS)) {
        cancellation.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }
}
