package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.winnow.agent.CondenseConversation.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must be true of every conversation, tried on many that a seed makes. */
final class CondenseConversationTest {

  private static final String RULES = "the rules";

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 150);
  }

  private static Result condense(long window, List<Message> conversation) {
    return new CondenseConversation(window, RULES, List.of()).of(conversation);
  }

  private static List<Message> conversation(Random random) {
    List<Message> messages = new ArrayList<>();
    int id = 0;
    int phases = random.nextInt(1, 5);
    for (int phase = 0; phase < phases; phase++) {
      messages.add(new Message.User("phase " + phase + " " + text(random, 600)));
      int turns = random.nextInt(0, 15);
      for (int turn = 0; turn < turns; turn++) {
        List<ToolCall> calls = new ArrayList<>();
        List<JsonNode> opaque = new ArrayList<>();
        if (random.nextBoolean()) {
          opaque.add(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("type", "thinking")
                  .put("signature", text(random, 200)));
        }
        for (int call = random.nextInt(1, 4); call > 0; call--) {
          calls.add(
              new ToolCall(
                  "id" + id++,
                  "fs_write_file",
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("path", "a/b")
                      .put("content", text(random, random.nextInt(4) == 0 ? 20_000 : 100))));
        }
        messages.add(new Message.Assistant(text(random, 300), calls, opaque));
        for (ToolCall call : calls) {
          String result = text(random, random.nextInt(3) == 0 ? 32_000 : 300);
          messages.add(
              new Message.ToolReturn(
                  call.id(), QuoteUntrusted.block("tool result", result), random.nextBoolean()));
        }
      }
    }
    return messages;
  }

  private static String text(Random random, int max) {
    int length = random.nextInt(max + 1);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(
          switch (random.nextInt(5)) {
            case 0 -> "word ";
            case 1 -> "\n";
            case 2 -> "😀";
            case 3 -> ">>>tool result 0123456789abcdef";
            default -> "日本";
          });
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theTaskAndTheRunningPhaseStayAndCallsKeepTheirResults(long seed) {
    Random random = new Random(seed);
    List<Message> before = conversation(random);
    long window = random.nextLong(2_000, 120_000);

    Result result = condense(window, before);
    List<Message> after = result.messages();

    assertThat(after).hasSameSizeAs(before);
    assertThat(result.after()).isLessThanOrEqualTo(result.before());
    int phase = after.size();
    while (phase > 0 && !(after.get(phase - 1) instanceof Message.User)) {
      phase--;
    }
    int changed = 0;
    for (int i = 0; i < before.size(); i++) {
      changed += before.get(i).equals(after.get(i)) ? 0 : 1;
      switch (before.get(i)) {
        case Message.User user -> assertThat(after.get(i)).isEqualTo(user);
        case Message.Assistant said -> {
          Message.Assistant now = (Message.Assistant) after.get(i);
          assertThat(now.text()).isEqualTo(said.text());
          assertThat(now.calls()).extracting(ToolCall::id).isEqualTo(ids(said));
          if (i >= phase) {
            assertThat(now).as("a message of the running phase").isEqualTo(said);
          }
          if (!now.equals(said)) {
            assertThat(now.opaque()).isEmpty();
          }
        }
        case Message.ToolReturn old -> {
          Message.ToolReturn now = (Message.ToolReturn) after.get(i);
          assertThat(now.callId()).isEqualTo(old.callId());
          assertThat(now.ok()).isEqualTo(old.ok());
          assertThat(now.text().length()).isLessThanOrEqualTo(old.text().length());
          if (!now.equals(old)) {
            String block = now.text().substring(now.text().indexOf('\n') + 1);
            assertThat(block)
                .isEqualTo(QuoteUntrusted.block("tool result", QuoteUntrusted.content(block)));
          }
        }
      }
    }
    assertThat(result.condensed()).isEqualTo(changed);
  }

  private static List<String> ids(Message.Assistant said) {
    return said.calls().stream().map(ToolCall::id).toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void itIsTheSameEachTimeAndOnceIsEnough(long seed) {
    List<Message> before = conversation(new Random(seed));
    Result once = condense(30_000, before);

    assertThat(condense(30_000, before)).isEqualTo(once);
    Result again = condense(30_000, once.messages());
    assertThat(again.messages()).isEqualTo(condense(30_000, again.messages()).messages());
    if (once.after() <= 0.75 * 30_000) {
      assertThat(again.condensed()).isZero();
    }
    assertThat(again.fits()).isEqualTo(again.after() <= 0.9 * 30_000);
    long counted =
        EstimateCall.inputTokens(new ModelRequest("", RULES, once.messages(), List.of()));
    assertThat(once.after()).isEqualTo(counted);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aConversationWithRoomStaysAsItIs(long seed) {
    List<Message> before = conversation(new Random(seed));

    assertThat(condense(10_000_000, before).messages()).isEqualTo(before);
    assertThat(condense(10_000_000, before).condensed()).isZero();
  }

  @Test
  void theNewestResultsAreTheLastToGo() {
    List<Message> before = new ArrayList<>(List.of(new Message.User("task")));
    for (int i = 0; i < 20; i++) {
      ToolCall call = new ToolCall("id" + i, "read", JsonNodeFactory.instance.objectNode());
      before.add(new Message.Assistant("", List.of(call), List.of()));
      before.add(
          new Message.ToolReturn(
              "id" + i, QuoteUntrusted.block("tool result", i + "x".repeat(12_000)), true));
    }

    Result result = condense(100_000, before);

    assertThat(result.fits()).isTrue();
    assertThat(result.after()).isLessThan(50_000);
    assertThat(result.messages().subList(30, 41)).isEqualTo(before.subList(30, 41));
    assertThat(((Message.ToolReturn) result.messages().get(2)).text())
        .startsWith("Condensed to save room: 11,601 characters are left out; call the tool again");
  }

  @Test
  void whatDoesNotFitEvenThenIsSaid() {
    Result result = condense(10_000, List.of(new Message.User("x".repeat(60_000))));

    assertThat(result.fits()).isFalse();
    assertThat(result.condensed()).isZero();
  }

  @Test
  void eachModelHasItsOwnWindow() {
    assertThat(ContextWindow.tokens("openai-responses:gpt-5.1-codex")).isEqualTo(272_000);
    assertThat(ContextWindow.tokens("anthropic:claude-opus-5-5")).isEqualTo(200_000);
    assertThat(ContextWindow.tokens("openai-responses:qwen3-coder")).isEqualTo(128_000);
    assertThat(ContextWindow.tokens("scripted:right.json")).isEqualTo(1_000_000);
  }
}
