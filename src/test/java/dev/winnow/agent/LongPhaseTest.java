package dev.winnow.agent;

import static dev.winnow.agent.TestModel.call;
import static dev.winnow.agent.TestModel.calls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.checkpoint.RunEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a phase that grows, or goes on without a change. */
@Timeout(60)
class LongPhaseTest extends AssistantFixture {

  /** Attack prm-13: a request of 2 MB must cost nothing. */
  @Test
  void aConversationThatNoModelTakesIsRefusedBeforeItIsPaidFor() {
    TestModel model = TestModel.of();
    try (AgentSession session = open(model, read)) {
      AgentReply reply =
          session.prompt(new Prompt("red", "x".repeat(2_000_000)), Cancellation.never());
      assertThat(reply.ending()).isEqualTo(Ending.FAILED);
      assertThat(reply.reason())
          .contains("does not fit into the 128,000 of test-model, even condensed");
    }
    assertThat(model.requests).isEmpty();
  }

  @Test
  void oldResultsAreCondensedAndToldOnceAlsoWhenTheRunIsReplayed() {
    Tool large =
        TestTool.writing("large", (a, _) -> ToolResult.ok(a + "z".repeat(31_000), "large"));
    List<ModelReply> script = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      script.add(calls(call("id" + i, "large", "{\"text\": \"" + i + "\"}")));
    }
    TestModel model = TestModel.of(script.toArray(ModelReply[]::new));

    AgentReply reply = run(model, large);

    assertThat(reply.ending()).isEqualTo(Ending.DONE);
    List<RunEvent> condensed =
        events.stream().filter(RunEvent.ConversationCondensed.class::isInstance).toList();
    assertThat(condensed).isNotEmpty();
    assertThat(model.requests).allMatch(r -> EstimateCall.inputTokens(r) <= 128_000);
    Message first = model.requests.getLast().messages().getFirst();
    assertThat(first).isEqualTo(new Message.User("do it"));
    assertThat(returned(model, 1).text()).startsWith("Condensed to save room:");
    assertThat(returned(model, 40).text()).hasSizeGreaterThan(31_000);

    TestModel never =
        new TestModel((_, _) -> {
          throw new IllegalStateException("a recorded call is not made again");
        });
    assertThat(run(never, large)).isEqualTo(reply);
    assertThat(events.stream().filter(RunEvent.ConversationCondensed.class::isInstance))
        .hasSameSizeAs(condensed);
  }

  @Test
  void manyTurnsWithoutAChangedFileEndThePhase() {
    limits = new AgentLimits(50, 100, Duration.ofMinutes(1), 5);
    List<ModelReply> script = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      script.add(calls(call("id" + i, i == 3 ? "write" : "read", "{\"text\": \"" + i + "\"}")));
    }
    files = "tree-1";
    Tool changes =
        TestTool.writing(
            "write",
            (_, _) -> {
              files = "tree-2";
              return ToolResult.ok("wrote", "wrote");
            });

    AgentReply reply = run(TestModel.of(script.toArray(ModelReply[]::new)), read, changes);

    assertThat(reply.ending()).isEqualTo(Ending.TOOL_LIMIT);
    assertThat(reply.reason()).isEqualTo("the agent changed no file in 5 turns");
    assertThat(reply.turns()).isEqualTo(9);
  }

  @Test
  void anAgentThatHasNothingToWriteMayOnlyRead() {
    limits = new AgentLimits(20, 100, Duration.ofMinutes(1), 5);
    List<ModelReply> script = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      script.add(calls(call("id" + i, "read", "{\"text\": \"" + i + "\"}")));
    }
    files = "tree-1";

    assertThat(run(TestModel.of(script.toArray(ModelReply[]::new)), read).ending())
        .isEqualTo(Ending.DONE);
  }
}
