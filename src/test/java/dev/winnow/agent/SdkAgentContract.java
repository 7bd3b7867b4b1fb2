package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.agent.provider.Protocol;
import dev.winnow.agent.provider.Protocol.Answer;
import dev.winnow.agent.provider.Protocol.Call;
import dev.winnow.agent.provider.Protocol.Stop;
import dev.winnow.agent.provider.ProtocolServer;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.agent.provider.SdkModels;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Built-in agents with a provider's model keep the contract of agents. */
abstract class SdkAgentContract extends AgentContract {

  private final List<ProtocolServer> servers = new ArrayList<>();

  abstract Protocol protocol();

  @AfterEach
  void stopServers() {
    servers.forEach(ProtocolServer::close);
  }

  private Agent agent(ProtocolServer.Behaviour behaviour) {
    return agent(behaviour, Map.of());
  }

  private Agent agent(ProtocolServer.Behaviour behaviour, Map<String, Long> windows) {
    ProtocolServer server = new ProtocolServer(behaviour);
    servers.add(server);
    ProviderLimits limits =
        ProviderLimits.DEFAULT.withRetries(3, Duration.ofMillis(1), Duration.ofMillis(5));
    SdkModels models =
        new SdkModels(
            PriceTable.packaged(),
            Map.of(Provider.OPENAI, limits, Provider.ANTHROPIC, limits),
            windows,
            UpstreamProxy.NONE);
    return new AssistantAgent(
        "sdk", Agent.Kind.SDK, protocol().model(models, server.address(), "sk-test-key"));
  }

  /** One answer after the other, by how often the model has answered since the prompt. */
  private Agent answering(Answer... answers) {
    return agent((request, reply) ->
        reply.stream(protocol().stream(answers[protocol().place(request.body()).turn()])));
  }

  @Override
  Agent working() {
    return answering(
        new Answer(
            "tests first",
            List.of(new Call("call_1", TOOL, "{\"text\": \"red\"}")),
            true,
            Stop.USUAL),
        Answer.saying("finished"));
  }

  @Override
  Agent slow() {
    return agent((_, reply) -> reply.hang());
  }

  /** The next answer in a phase of 12 calls, unless the provider would refuse the conversation. */
  private void strictly(ProtocolServer.Received request, ProtocolServer.Reply reply)
      throws IOException {
    String fault = protocol().fault(request.body());
    if (!fault.isEmpty()) {
      reply.whole(400, Map.of(), protocol().error(400, fault));
      return;
    }
    Protocol.Place place = protocol().place(request.body());
    String id = "call_%d_%d".formatted(place.prompt(), place.turn());
    String text = id + "x".repeat(2_500);
    reply.stream(
        protocol().stream(
            place.turn() == 12
                ? new Answer("finished", List.of(), true, Stop.USUAL)
                : new Answer(
                    "Looking.",
                    List.of(new Call(id, TOOL, "{\"text\": \"%s\"}".formatted(text))),
                    true,
                    Stop.USUAL)));
  }

  @Test
  void aLongRunStaysValidForAStrictProviderAfterItWasCondensed() {
    Agent agent =
        agent(this::strictly, Map.of("gpt-5.1-codex", 40_000L, "claude-opus-5-5", 40_000L));
    TestTool large =
        TestTool.writing(
            TOOL, (arguments, _) -> ToolResult.ok(arguments + "y".repeat(9_000), "noted"));
    AgentContext context =
        new AgentContext(
            "c1",
            "the rules",
            List.of(large),
            AgentLimits.DEFAULT,
            journal.pickUp(),
            (_, _) -> {},
            events::add);
    try (AgentSession session = agent.open(context)) {
      for (String purpose : List.of("red", "green", "repair-1")) {
        AgentReply reply = session.prompt(new Prompt(purpose, "do it"), Cancellation.never());
        assertThat(reply.reason()).isEmpty();
        assertThat(reply.text()).isEqualTo("finished");
      }
    }
    assertThat(servers.getFirst().received()).hasSize(39);
    assertThat(events)
        .filteredOn(RunEvent.ConversationCondensed.class::isInstance)
        .extracting(event -> ((RunEvent.ConversationCondensed) event).purpose())
        .contains("red", "green", "repair-1");
    String first = servers.getFirst().received().getLast().body().toString();
    assertThat(first).contains("characters left out to save room", "Condensed to save room");
  }

  private AgentReply prompt(Agent agent) {
    try (AgentSession session = agent.open(context())) {
      return session.prompt(new Prompt("red", "write tests"), Cancellation.never());
    }
  }

  @Test
  void wrongCallsAreResultsThatTheModelReads() {
    AgentReply reply =
        prompt(
            answering(
                Answer.calling(
                    new Call("call_1", TOOL, "{\"text\": \"re"),
                    new Call("call_2", "no_such_tool", "{}"),
                    new Call("call_3", TOOL, "{\"text\": \"red\"}")),
                Answer.saying("finished")));
    assertThat(reply.ending()).isEqualTo(AgentReply.Ending.DONE);
    assertThat(notes()).isEqualTo(1);
    Map<String, String> results = protocol().results(servers.getFirst().received().get(1).body());
    assertThat(results.get("call_1")).contains("the arguments are no JSON object");
    assertThat(results.get("call_2")).contains("there is no tool 'no_such_tool'");
    assertThat(results.get("call_3")).contains("noted red");
  }

  @Test
  void usageAndCostOfAllCallsAreAddedUp() {
    AgentReply reply = prompt(working());
    assertThat(reply.usage().outputTokens()).isEqualTo(100);
    assertThat(reply.usage().cachedInputTokens()).isEqualTo(400);
    assertThat(reply.costMicros()).isPresent();
    assertThat(reply.costMicros().getAsLong()).isPositive();
  }

  @Test
  void aCallThatIsMadeAgainIsAnEvent() {
    AtomicInteger calls = new AtomicInteger();
    Agent agent =
        agent((_, reply) -> {
          if (calls.getAndIncrement() == 0) {
            reply.whole(529, Map.of(), protocol().error(529, "Overloaded"));
          } else {
            reply.stream(protocol().stream(Answer.saying("finished")));
          }
        });
    assertThat(prompt(agent).text()).isEqualTo("finished");
    assertThat(events.getFirst())
        .isInstanceOfSatisfying(
            RunEvent.ModelRetried.class,
            retried -> {
              assertThat(retried.attempt()).isEqualTo(1);
              assertThat(retried.reason()).contains("HTTP 529");
            });
  }

  @Test
  void whatFailedAttemptsUsedIsInTheLedger() {
    String broken =
        protocol().beginning() + protocol().piece("Ha") + protocol().overloadedInStream();
    AtomicInteger calls = new AtomicInteger();
    Agent agent =
        agent((_, reply) ->
            reply.stream(
                calls.getAndIncrement() == 1
                    ? protocol().stream(Answer.saying("finished"))
                    : broken));
    try (AgentSession session = agent.open(context())) {
      AgentReply done = session.prompt(new Prompt("red", "tests"), Cancellation.never());
      assertThat(done.text()).isEqualTo("finished");
      AgentReply failed = session.prompt(new Prompt("green", "code"), Cancellation.never());
      assertThat(failed.ending()).isEqualTo(AgentReply.Ending.FAILED);
      assertThat(journal.ledger())
          .containsExactly(
              "settled %d %d"
                  .formatted(done.usage().inputTokens() + 1230, done.usage().outputTokens() + 1),
              "settled 3690 3");
    }
  }

  @Test
  void aRefusalEndsThePhaseWithItsReason() {
    AgentReply refused =
        prompt(answering(new Answer("I will not do that.", List.of(), false, Stop.REFUSAL)));
    assertThat(refused.ending()).isEqualTo(AgentReply.Ending.FAILED);
    assertThat(refused.reason()).isEqualTo("the model refused: I will not do that.");
  }

  @Test
  void aProviderThatRefusesTheKeyEndsThePhaseWithOneLine() {
    AgentReply failed =
        prompt(
            agent((_, reply) -> reply.whole(401, Map.of(), protocol().error(401, "sk-test-key"))));
    assertThat(failed.ending()).isEqualTo(AgentReply.Ending.FAILED);
    assertThat(failed.reason()).contains("the API key was refused").doesNotContain("sk-test-key");
  }
}
