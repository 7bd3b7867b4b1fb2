package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.provider.AnthropicProtocol;
import dev.winnow.agent.provider.OpenAiProtocol;
import dev.winnow.agent.provider.Protocol;
import dev.winnow.agent.provider.Protocol.Answer;
import dev.winnow.agent.provider.Protocol.Call;
import dev.winnow.agent.provider.ProtocolServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code winnow plan} at a real terminal, in all three modes. */
@Timeout(120)
@Order(2) // not among the last, where it would be alone
class PlanTerminalTest {

  private static final String TASK = "Add an export of the orders as CSV";

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws Exception {
    winnow = TestCommandLine.withSharedServer();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  /** Asks once, judges for the encoding, and writes a specification. */
  private static ProtocolServer provider(Protocol protocol, String question, boolean broken) {
    return new ProtocolServer((request, reply) -> {
      String text = request.body().toString();
      if (broken && !text.contains("Candidate A:")) {
        reply.whole(400, Map.of(), protocol.error(400, "this model is gone"));
        return;
      }
      reply.stream(protocol.stream(answer(protocol, request.body(), text, question)));
    });
  }

  private static Answer answer(Protocol protocol, JsonNode body, String text, String question) {
    if (text.contains("Candidate A:")) {
      return Answer.saying(verdict(text));
    }
    if (text.contains("Write the overview")) {
      return Answer.saying(
          """
          {"overview": "A CSV export.", "criteria": ["The export of two orders returns three lines."],
           "plan": [{"name": "Export", "tasks": ["Write the rows"]}]}\
          """);
    }
    if (text.contains("Asked and answered so far")) {
      return Answer.saying("NOTHING IS UNCLEAR");
    }
    return protocol.place(body).turn() > 0
        ? Answer.saying("asked")
        : Answer.calling(
            new Call(
                "call_1",
                "ask_user_question",
                Json.write(
                    Map.of(
                        "question",
                        question,
                        "rationale",
                        "It decides the bytes.",
                        "suggestions",
                        List.of("first choice", "second choice")))));
  }

  private static String verdict(String text) {
    int first = text.indexOf("Candidate A:");
    boolean isFirst = text.indexOf("Which encoding", first) < text.indexOf("Candidate B:", first);
    return """
    {"winner": "%s", "scores": [{"candidate": "A", "score": %d}, {"candidate": "B", "score": %d}],
     "evidence": ["Which encoding"], "rationale": "bytes matter"}\
    """
        .formatted(isFirst ? "A" : "B", isFirst ? 90 : 40, isFirst ? 40 : 90);
  }

  private static Map<String, String> variables(ProtocolServer openAi, ProtocolServer anthropic) {
    Map<String, String> variables = new HashMap<>();
    variables.put("OPENAI_API_KEY", "sk-openai-0123456789");
    variables.put("OPENAI_BASE_URL", openAi.address().resolve("/v1").toString());
    variables.put("ANTHROPIC_API_KEY", "sk-ant-0123456789");
    variables.put("ANTHROPIC_BASE_URL", anthropic.address().toString());
    variables.put("JUDGE_MODEL", "anthropic:claude-judge");
    return variables;
  }

  private static JsonNode latest() {
    TestCommandLine.Result shown = winnow.run("specs", "show", "latest", "--json");
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    return shown.last();
  }

  @Test
  void stubIsEditedSkippedStoppedAndGoneOnWith() throws Exception {
    try (TerminalWinnow terminal =
        TerminalWinnow.start(
            winnow, Map.of(), "plan", "--task", TASK, "--mode", "stub", "--max-questions", "3")) {
      terminal.sees("1 of 3").sees("> ").types("It retx\u007furns one line for each order\r");
      terminal.sees("2 of 3").sees("> ").types("/back\r");
      // the answer is there again: to its beginning, one word typed, to its end
      terminal.sees("1 of 3").sees("> ").types("\u0001Then: \u0005\r");
      terminal.sees("2 of 3").sees("> ").types("/nonsense\r").sees("There is no /nonsense");
      terminal.sees("2 of 3").sees("> ").types("\r").sees("An empty answer is none");
      terminal.sees("2 of 3").sees("> ").types("\u0004");
      assertThat(terminal.ends()).as(terminal.shown()).isEqualTo(4);
    }
    JsonNode stopped = latest().path("artifacts").path("planning");
    assertThat(stopped.path("status").asText()).isEqualTo("needs_answers");
    assertThat(stopped.path("answers")).hasSize(1);
    try (TerminalWinnow terminal = TerminalWinnow.start(winnow, Map.of(), "plan", "latest")) {
      terminal.sees("2 of 3").sees("> ").types("/skip\r");
      terminal.sees("3 of 3").sees("> ").types("An empty list prints the header \\\r");
      terminal.sees(". ").types("A broken row is refused\r");
      assertThat(terminal.ends()).as(terminal.shown()).isZero();
    }
    JsonNode planning = latest().path("artifacts").path("planning");
    assertThat(planning.path("status").asText()).isEqualTo("answered");
    assertThat(planning.path("criteria").findValuesAsText("text"))
        .containsExactly(
            "Then: It returns one line for each order",
            "An empty list prints the header",
            "A broken row is refused");
    assertThat(planning.path("answers").findValuesAsText("skipped")).contains("true");
  }

  @Test
  void oneProviderAsksThroughTheTool() throws Exception {
    try (ProtocolServer openAi = provider(new OpenAiProtocol(), "Which separator?", false);
        ProtocolServer anthropic = provider(new AnthropicProtocol(), "?", true);
        TerminalWinnow terminal =
            TerminalWinnow.start(
                winnow, variables(openAi, anthropic), "plan", "--task", TASK, "--mode", "single")) {
      terminal.sees("Which separator?").sees("2) second choice").sees("> ").types("2\r");
      assertThat(terminal.ends()).as(terminal.shown()).isZero();
      assertThat(terminal.shown()).contains("second choice", "AC-1").doesNotContain("0123456789");
      assertThat(openAi.received()).hasSize(4);
      assertThat(openAi.received().getFirst().body().path("tools").toString())
          .contains("ask_user_question");
      JsonNode metadata = latest().path("artifacts").path("planning").path("metadata");
      assertThat(metadata.path("mode").asText()).isEqualTo("single");
      assertThat(metadata.path("agents").path(0).path("provider").asText()).isEqualTo("openai");
      assertThat(metadata.path("inputTokens").asLong()).isPositive();
      assertThat(metadata.path("writer").asText()).isEqualTo("openai");
    }
  }

  @Test
  void twoProvidersAskAndTheJudgePicksInBothOrders() throws Exception {
    try (ProtocolServer openAi = provider(new OpenAiProtocol(), "Which separator?", false);
        ProtocolServer anthropic =
            provider(new AnthropicProtocol(), "Which encoding has the file?", false);
        TerminalWinnow terminal =
            TerminalWinnow.start(
                winnow, variables(openAi, anthropic), "plan", "--task", TASK, "--mode", "dual")) {
      terminal.sees("Which encoding has the file?").sees("> ").types("UTF-8\r");
      assertThat(terminal.ends()).as(terminal.shown()).isZero();
      JsonNode round =
          latest().path("artifacts").path("planning").path("metadata").path("rounds").path(0);
      assertThat(round.path("chosen").asText()).isEqualTo("anthropic");
      assertThat(round.path("candidates").findValuesAsText("agent"))
          .containsExactly("openai", "anthropic");
      assertThat(round.path("judgement").path("winner").asText()).isEqualTo("anthropic");
      assertThat(round.path("judgement").path("scores").path("anthropic").asDouble()).isEqualTo(90);
      assertThat(
              anthropic.received().stream()
                  .filter(r -> r.body().path("model").asText().equals("claude-judge")))
          .hasSize(2);
    }
  }

  @Test
  void oneProviderThatFailsLeavesTheOtherAndTwoEndTheInterview() throws IOException {
    try (ProtocolServer openAi = provider(new OpenAiProtocol(), "Which separator?", true);
        ProtocolServer anthropic = provider(new AnthropicProtocol(), "Which encoding?", false)) {
      Map<String, String> traced = variables(openAi, anthropic);
      Path spans = winnow.newDirectory().resolve("spans.jsonl");
      traced.put("TELEMETRY_FILE", spans.toString());
      traced.put("LOGFIRE_TRACE_URL_TEMPLATE", "https://traces.example.org/{trace_id}");
      TestCommandLine.Result one =
          winnow.run(traced, "plan", "--task", TASK, "--mode", "dual", "--json");
      assertThat(one.exitCode()).as(one.err()).isEqualTo(4);
      JsonNode planning = one.last().path("artifacts").path("planning");
      assertThat(planning.path("questions").findValuesAsText("question"))
          .containsExactly("Which encoding?");
      JsonNode candidate =
          planning.path("metadata").path("rounds").path(0).path("candidates").path(0);
      assertThat(candidate.path("error").asText()).contains("this model is gone");
      assertThat(candidate.path("trace").asText()).matches("[0-9a-f]{32}");
      String link = "https://traces.example.org/" + candidate.path("trace").asText();
      assertThat(candidate.path("traceLink").asText()).isEqualTo(link);
      assertThat(winnow.run("specs", "show", "latest").out())
          .contains("Trace of openai, round 1: " + link);
      assertThat(Files.readAllLines(spans).stream().map(line -> Json.read(line, JsonNode.class)))
          .allMatch(span -> span.path("trace_id").equals(candidate.path("trace")))
          .anyMatch(span -> span.path("error").asText().contains("this model is gone"))
          .extracting(span -> span.path("name").asText())
          .contains("interview", "interview questions", "chat gpt-5.1-codex");
    }
    try (ProtocolServer openAi = provider(new OpenAiProtocol(), "?", true);
        ProtocolServer anthropic = provider(new AnthropicProtocol(), "?", true)) {
      TestCommandLine.Result both =
          winnow.run(variables(openAi, anthropic), "plan", "--task", TASK, "--mode", "dual");
      assertThat(both.exitCode()).as(both.err()).isEqualTo(5);
      assertThat(both.err()).contains("Nobody could ask: openai: ", "; anthropic: ");
    }
  }
}
