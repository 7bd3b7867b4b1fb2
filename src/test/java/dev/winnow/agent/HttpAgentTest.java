package dev.winnow.agent;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.provider.HttpAgents;
import dev.winnow.agent.provider.ProtocolServer;
import dev.winnow.agent.provider.ProtocolServer.Behaviour;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.ToolSpec;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An agent behind an address, against a server that does whatever servers do. */
@Timeout(60)
class HttpAgentTest extends AgentContract {

  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  private static final ProviderLimits LIMITS =
      ProviderLimits.DEFAULT.withRetries(3, Duration.ofMillis(1), Duration.ofMillis(5));

  private final List<ProtocolServer> servers = new ArrayList<>();

  @AfterEach
  void closeServers() {
    servers.forEach(ProtocolServer::close);
  }

  private Agent agent(Behaviour behaviour) {
    return agent(behaviour, LIMITS);
  }

  private Agent agent(Behaviour behaviour, ProviderLimits limits) {
    ProtocolServer server = new ProtocolServer(behaviour);
    servers.add(server);
    URI endpoint = URI.create(server.address() + "/v1/prompt?secret=in-query");
    return new HttpAgents(
            new Credentials(Map.of("TOKEN", "very-secret-token")),
            limits,
            PriceTable.packaged().with(Map.of("big", new Price(ONE, ONE, ONE, TEN))),
            UpstreamProxy.NONE)
        .build(
            "reviewer",
            new AgentConfig.Http(
                endpoint, Optional.of("big"), Map.of("Authorization", "Bearer ${TOKEN}")));
  }

  /** Answers one after the other; the last one again and again. */
  private Agent answers(String... bodies) {
    List<String> left = new ArrayList<>(List.of(bodies));
    return agent((_, reply) ->
        reply.whole(200, JSON, left.size() > 1 ? left.removeFirst() : left.getFirst()));
  }

  private ProtocolServer server() {
    return servers.getLast();
  }

  @ParameterizedTest
  @CsvSource({
    "200, '\"inputTokens\": 100, \"outputTokens\": 10'",
    "500000, '\"inputTokens\": 100, \"outputTokens\": 10, \"costUsd\": 0.5'",
    "-1, '\"other\": 1'"
  })
  void whatItDoesNotTellIsPricedByItsModel(long micros, String usage) {
    Agent agent = answers("{\"content\": \"x\", \"usage\": {%s}}".formatted(usage));
    assertThat(ask(agent).costMicros().orElse(-1)).isEqualTo(micros);
    assertThat(agent.unpriced()).isEmpty();
  }

  @Test
  void whatItSaysInPiecesIsBounded() {
    String piece = "event: delta\ndata: {\"text\": \"" + "x".repeat(1 << 20) + "\"}\n\n";
    Reply reply =
        ask(
            agent((_, r) -> {
              r.begin();
              for (int i = 0; i < 6; i++) {
                r.send(piece);
              }
              r.hang();
            }));
    assertThat(reply.reason()).contains("larger than 4,194,304 characters");
  }

  private Reply ask(Agent agent) {
    return ask(agent, List.of());
  }

  private Reply ask(Agent agent, List<Tool> tools) {
    AgentContext context =
        new AgentContext(
            "c1",
            "the rules",
            tools,
            AgentLimits.DEFAULT,
            journal.pickUp(),
            (purpose, turn) -> turns.add(purpose + "/" + turn),
            events::add);
    return new PromptDispatcher()
        .send(
            new PromptDispatcher.Target(new NamedAgent("reviewer", agent), context),
            new Prompt("answer", "what is it?"),
            Cancellation.never());
  }

  /** A tool that notes what it is asked for. */
  private record Noting(String name, List<String> done, String failing) implements Tool {
    @Override
    public ToolSpec spec() {
      String properties =
          Stream.of("path", "content", "find", "replace", "command")
              .map("\"%s\": {\"type\": \"string\"}"::formatted)
              .collect(Collectors.joining(", "));
      return new ToolSpec(
          name,
          "notes",
          Json.read(
              "{\"type\": \"object\", \"properties\": {%s}}".formatted(properties),
              JsonNode.class));
    }

    @Override
    public boolean writes() {
      return true;
    }

    @Override
    public ToolResult call(JsonNode arguments, Cancellation cancellation) {
      done.add(name + " " + arguments);
      return arguments.toString().contains(failing)
          ? ToolResult.failed("there is no such place")
          : ToolResult.ok("done", "done");
    }
  }

  private static List<Tool> tools(List<String> done, String failing) {
    return Stream.of("fs_write_file", "fs_edit_file", "run_command")
        .map(name -> (Tool) new Noting(name, done, failing))
        .toList();
  }

  private @Nullable Agent worker;

  @Override
  Agent working() {
    // one server for all that a test opens: its address is part of what is recorded
    Agent agent = worker;
    if (agent == null) {
      agent =
          answers(
              "{\"content\": \"tests first\", \"calls\": [{\"tool\": \"take_note\", \"arguments\": {\"text\": \"red\"}}]}",
              "{\"content\": \"finished\"}");
      worker = agent;
    }
    return agent;
  }

  @Override
  Agent slow() {
    return agent((_, reply) -> reply.hang());
  }

  @Test
  void theRequestHasPromptModelAndContextAndTheSecretOnlyInItsHeader() {
    Reply reply =
        ask(
            answers(
                """
                {"content": "42", "model": "big-2", "metadata": {"trace": "t-1"}, "later": true,
                 "usage": {"inputTokens": 10, "outputTokens": 3, "costUsd": 0.0021}}\
                """));
    assertThat(reply.ok()).isTrue();
    assertThat(reply.text()).isEqualTo("42");
    assertThat(reply.usage()).isEqualTo(new Usage(10, 3, 0, 0));
    assertThat(reply.costMicros()).hasValue(2100);
    ProtocolServer.Received received = server().received().getFirst();
    assertThat(received.headers()).containsEntry("Authorization", "Bearer very-secret-token");
    assertThat(received.path()).isEqualTo("/v1/prompt?secret=in-query");
    JsonNode body = received.body();
    assertThat(body.path("prompt").asText()).isEqualTo("what is it?");
    assertThat(body.path("model").asText()).isEqualTo("big");
    assertThat(body.path("context").path("purpose").asText()).isEqualTo("answer");
    assertThat(body.path("context").path("rules").asText()).isEqualTo("the rules");
    assertThat(body.path("context").path("messages")).hasSize(1);
    assertThat(body.toString() + events + reply).doesNotContain("very-secret");
  }

  @Test
  void aStreamOfEventsIsReadToItsResult() {
    Reply reply =
        ask(
            agent((_, answer) ->
                answer.stream(
                    """
                    : hello

                    event: delta
                    data: {"text": "forty-"}

                    data: {"type": "delta", "text": "two"}

                    data: {"type": "thinking"}

                    event: result
                    data: {"usage": {"outputTokens": 2}}

                    """)));
    assertThat(reply.ok()).isTrue();
    assertThat(reply.text()).isEqualTo("forty-two");
    assertThat(reply.usage().outputTokens()).isEqualTo(2);
  }

  @Test
  void filesAreWrittenAndEndTheTurn() {
    List<String> done = new ArrayList<>();
    Reply reply =
        ask(
            answers(
                "{\"content\": \"here\", \"files\": [{\"path\": \"a.txt\", \"content\": \"x\"}]}"),
            tools(done, "nothing"));
    assertThat(reply.ok()).isTrue();
    assertThat(reply.text()).isEqualTo("here");
    assertThat(done).containsExactly("fs_write_file {\"path\":\"a.txt\",\"content\":\"x\"}");
    assertThat(server().received()).hasSize(1);
  }

  @Test
  void whatCouldNotBeAppliedIsToldAndTheAgentTriesAgain() {
    List<String> done = new ArrayList<>();
    Reply reply =
        ask(
            answers(
                "{\"files\": [{\"path\": \"../bad\", \"content\": \"x\"}]}",
                "{\"content\": \"better\", \"files\": [{\"path\": \"good\", \"content\": \"x\"}]}"),
            tools(done, "bad"));
    assertThat(reply.ok()).isTrue();
    assertThat(reply.text()).isEqualTo("better");
    assertThat(server().received()).hasSize(2);
    JsonNode messages = server().received().getLast().body().path("context").path("messages");
    assertThat(messages).hasSize(3);
    assertThat(messages.get(2).path("ok").asBoolean()).isFalse();
    assertThat(messages.get(2).path("content").asText()).contains("there is no such place");
  }

  @Test
  void aDiffBecomesEditsThatBelieveNoLineNumber() {
    List<String> done = new ArrayList<>();
    String diff =
        """
        diff --git a/src/A.java b/src/A.java
        index 1..2 100644
        --- a/src/A.java
        +++ b/src/A.java
        @@ -900,3 +900,3 @@ class A {
           int one() {
        -    return 1;
        +    return 2;
           }

        --- /dev/null
        +++ b/new.txt
        @@ -0,0 +1,2 @@
        +one
        +two
        \\ No newline at end of file
        --- a/o'ld.txt
        +++ /dev/null
        @@ -1 +0,0 @@
        -gone
        """;
    Reply reply =
        ask(
            answers(Json.write(Map.of("content", "see diff", "diff", diff))),
            tools(done, "nothing"));
    assertThat(reply.ok()).as(reply.reason()).isTrue();
    assertThat(done)
        .containsExactly(
            "fs_edit_file {\"path\":\"src/A.java\",\"find\":\"  int one() {\\n    return 1;\\n  }\","
                + "\"replace\":\"  int one() {\\n    return 2;\\n  }\"}",
            "fs_write_file {\"path\":\"new.txt\",\"content\":\"one\\ntwo\\n\"}",
            "run_command {\"command\":\"rm -- 'o'\\\\''ld.txt'\"}");
  }

  @Test
  void withoutAWorkspaceWishesAreNotHeard() {
    Reply reply =
        ask(answers("{\"content\": \"text\", \"files\": [{\"path\": \"a\", \"content\": \"x\"}]}"));
    assertThat(reply.ok()).isTrue();
    assertThat(reply.text()).isEqualTo("text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                   | it is no JSON object
          `[1]`                                | it is no JSON object
          `{"content": "a"`                    | it is not valid JSON
          `{"content": 5}`                     | content must be a text
          `{"files": {}}`                      | files must be a list
          `{"files": [{"path": "a"}]}`         | an entry of files needs the text content
          `{"calls": [{"tool": "x"}]}`         | arguments of a call must be an object
          `{"diff": ["x"]}`                    | diff must be a text
          `{"diff": "no diff"}`                | there is no change in it
          `{"diff": "--- a/x\\nhello"}`        | must be followed by one with +++
          `{"diff": "rename from a"}`          | renames, copies and binary files are not supported
          """)
  void aReplyThatCannotBeReadIsNotAskedForAgain(String body, String expected) {
    Reply reply = ask(answers(body), tools(new ArrayList<>(), "nothing"));
    assertThat(reply.agentFailed()).isTrue();
    assertThat(reply.reason()).startsWith("agent reviewer: ").contains(expected);
    assertThat(server().received()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"429", "500", "503", "408"})
  void whatMayPassIsTriedAgain(int status) {
    List<Integer> statuses = new ArrayList<>(List.of(status, 200));
    Reply reply =
        ask(
            agent((_, answer) ->
                answer.whole(statuses.removeFirst(), JSON, "{\"content\": \"ok\"}")));
    assertThat(reply.text()).isEqualTo("ok");
    assertThat(server().received()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "400, 1, HTTP 400",
    "401, 1, HTTP 401",
    "404, 1, HTTP 404",
    "302, 1, redirect (HTTP 302)",
    "500, 3, given up after 3 attempts",
  })
  void whatStaysIsAFailureOfOneLineWithoutTheSecret(int status, int requests, String expected) {
    Map<String, String> headers =
        Map.of("content-type", "application/json", "location", "http://127.0.0.1:1/stolen");
    Reply reply =
        ask(
            agent((_, answer) ->
                answer.whole(
                    status,
                    headers,
                    "{\"error\": {\"message\": \"no: Bearer very-secret-token\"}}")));
    assertThat(reply.failure()).contains(Reply.Failure.AGENT);
    assertThat(reply.reason())
        .contains(expected)
        .doesNotContain("very-secret")
        .doesNotContain("in-query")
        .hasLineCount(1);
    assertThat(server().received()).hasSize(requests);
  }

  @Test
  void aCutStreamIsTriedAgainAndNeverAnAnswer() {
    Reply reply =
        ask(
            agent((_, answer) -> {
              answer.begin();
              answer.send("data: {\"type\": \"delta\", \"text\": \"half of\"}\n\n");
            }));
    assertThat(reply.agentFailed()).isTrue();
    assertThat(server().received()).hasSize(3);
  }

  @Test
  void anErrorInTheStreamIsAnError() {
    Reply reply =
        ask(
            agent((_, answer) ->
                answer.stream(
                    "data: {\"type\": \"error\", \"error\": {\"type\": \"invalid\", \"message\": \"bad prompt\"}}\n\n")));
    assertThat(reply.reason()).contains("bad prompt");
    assertThat(server().received()).hasSize(1);
  }

  @Test
  void anotherContentTypeIsNoAnswer() {
    Reply reply =
        ask(
            agent((_, answer) ->
                answer.whole(200, Map.of("content-type", "text/html"), "<html>log in</html>")));
    assertThat(reply.reason()).contains("'text/html', neither JSON nor a stream");
  }

  @Test
  void anEndlessAnswerIsCut() {
    ProviderLimits small =
        new ProviderLimits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            10_000,
            2,
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            4,
            100);
    Reply reply =
        ask(
            agent(
                (_, answer) ->
                    answer.whole(200, JSON, "{\"content\": \"" + "x".repeat(1_000_000) + "\"}"),
                small));
    assertThat(reply.reason()).contains("larger than 10,000 bytes");
    assertThat(server().received()).hasSize(1);
  }

  @Test
  void silenceEndsAnAttempt() {
    ProviderLimits impatient =
        LIMITS
            .withTimes(Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofSeconds(30))
            .withRetries(1, Duration.ofMillis(1), Duration.ofMillis(1));
    Reply reply =
        ask(
            agent(
                (_, answer) -> {
                  answer.begin();
                  answer.send("data: {\"type\": \"delta\", \"text\": \"x\"}\n\n");
                  answer.hang();
                },
                impatient));
    assertThat(reply.reason()).contains("silent");
    server().awaitClientGone();
  }

  @Test
  void metadataIsKeptInTheJournal() {
    ask(answers("{\"content\": \"42\", \"metadata\": {\"trace\": \"t-77\"}}"));
    assertThat(journal.result("c1/answer/turn-1/call")).contains("t-77");
    assertThat(events).hasSize(1).first().isInstanceOf(RunEvent.ModelText.class);
  }
}
