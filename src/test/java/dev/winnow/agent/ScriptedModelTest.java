package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripted model: what a script means, and which scripts are refused. */
class ScriptedModelTest {

  private static final String SCRIPT =
      """
      {"red":    [[{"say": "one"}], [{"say": "two"}]],
       "green":  [{"say": "writing", "calls": [{"tool": "note", "arguments": {"n": 1, "x": {"y": [true]}}},
                                               {"tool": "note"}]},
                  {"say": "done"}],
       "repair": [[{"say": "first repair"}], [], [{"calls": []}, {"say": "never reached"}]],
       "answer": [{"say": "42"}],
       "questions": [{"question": "Which?", "rationale": "Both exist."}],
       "verdict": {"winner": 1, "rationale": "better"},
       "usage": {"inputTokens": 1200, "outputTokens": 300}}\
      """;

  @TempDir Path directory;

  private ScriptedModel load(String file, String script) throws IOException {
    Path path = Files.writeString(directory.resolve(file), script);
    return ScriptedModel.load("scripted:" + file, path, Set.of("note"));
  }

  private static ModelReply ask(ChatModel model, String purpose, Message... messages) {
    List<Message> conversation = messages.length == 0 ? List.of(user()) : List.of(messages);
    return model.reply(
        new ModelRequest(purpose, "", conversation, List.of()), _ -> {}, Cancellation.never());
  }

  private static Message user() {
    return new Message.User("go");
  }

  private static Message said() {
    return new Message.Assistant("", List.of(), List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "red, one",
    "red-1, one",
    "red-2, two",
    "red-3, (the script has nothing for red-3)",
    "tester, one",
    "tester-2, two",
    "green, writing",
    "repair-1, first repair",
    "repair-2, (the script has nothing for repair-2)",
    "repair-3, ''",
    "repair-4, (the script has nothing for repair-4)",
    "repair-0, (the script has nothing for repair-0)",
    "answer, 42",
    "polish, (the script has nothing for polish)",
    "red-99999999999, (the script has nothing for red-99999999999)",
    "Odd purpose, (the script has nothing for Odd purpose)",
  })
  void thePurposeChoosesThePhase(String purpose, String said) throws Exception {
    assertThat(ask(load("s.json", SCRIPT), purpose).message().text()).isEqualTo(said);
  }

  @Test
  void aPlainListIsTheFirstAttempt() throws Exception {
    ScriptedModel model = load("s.json", "{\"red\": [{\"say\": \"only\"}]}");
    assertThat(ask(model, "red").message().text()).isEqualTo("only");
    assertThat(ask(model, "red-2").message().text()).contains("nothing for red-2");
  }

  @Test
  void theTurnIsCountedSinceTheLastPrompt() throws Exception {
    ScriptedModel model = load("s.json", SCRIPT);
    assertThat(ask(model, "green", user(), said(), user()).message().text()).isEqualTo("writing");
    assertThat(ask(model, "green", user(), said()).message().text()).isEqualTo("done");
    assertThat(ask(model, "green", user(), said(), said()).message().text()).isEmpty();
  }

  @Test
  void aReplyHasCallsUsageAndAReasonToStop() throws Exception {
    ModelReply reply = ask(load("s.json", SCRIPT), "green");
    assertThat(reply.usage()).isEqualTo(new Usage(1200, 300, 0, 0));
    assertThat(reply.stop()).isEqualTo(ModelReply.StopReason.TOOL_CALLS);
    assertThat(reply.message().calls())
        .containsExactly(
            TestModel.call("green-1-1", "note", "{\"n\": 1, \"x\": {\"y\": [true]}}"),
            TestModel.call("green-1-2", "note", "{}"));
    assertThat(ask(load("s.json", SCRIPT), "green")).isEqualTo(reply);
  }

  @Test
  void questionsAreAskedThroughTheToolRoundByRound() throws Exception {
    ScriptedModel model = load("s.json", SCRIPT);
    assertThat(ask(model, "questions-1").message().calls())
        .singleElement()
        .satisfies(call -> {
          assertThat(call.tool()).isEqualTo("ask_user_question");
          assertThat(call.arguments().toString())
              .isEqualTo("{\"question\":\"Which?\",\"rationale\":\"Both exist.\"}");
        });
    assertThat(ask(model, "questions-1", user(), said()).message().calls()).isEmpty();
    assertThat(ask(model, "questions-2").message().text()).isEqualTo("NOTHING IS UNCLEAR");

    ScriptedModel rounds =
        load(
            "rounds.json",
            """
            {"questions": [[{"question": "A?"}, {"question": "B?"}],
                           [{"question": "C?", "suggestions": ["x", "y"]}]]}\
            """);
    assertThat(ask(rounds, "questions-1").message().calls()).hasSize(2);
    assertThat(ask(rounds, "questions-2").message().calls().getFirst().arguments().toString())
        .contains("C?", "[\"x\",\"y\"]");
    ScriptedModel prose =
        load("prose.json", "{\"questions\": \"Use a map.\", \"specification\": \"no\"}");
    assertThat(ask(prose, "questions-1").message().text()).isEqualTo("Use a map.");
    assertThat(ask(prose, "specify").message().text()).isEqualTo("no");
  }

  private static final String JUDGED =
      Prompts.judgeAnswers(
          "Which?",
          List.of(new JudgePrompt.Shown("A", "tea"), new JudgePrompt.Shown("B", "coffee\nblack")));

  private static String verdict(ChatModel model, String purpose) {
    return ask(model, purpose, new Message.User(JUDGED)).message().text();
  }

  @Test
  void aScriptedVerdictNamesAPlaceOrWordsOfTheWinner() throws Exception {
    assertThat(verdict(load("place.json", SCRIPT), "verdict"))
        .isEqualTo(
            "{\"evidence\":[\"tea\"],\"rationale\":\"better\",\"scores\":"
                + "[{\"candidate\":\"A\",\"score\":90},{\"candidate\":\"B\",\"score\":50}],"
                + "\"winner\":\"A\"}");
    ScriptedModel byContent =
        load("words.json", "{\"verdict\": {\"winner\": \"black\", \"rationale\": \"strong\"}}");
    assertThat(verdict(byContent, "verdict")).contains("\"winner\":\"B\"", "[\"black\"]");
    ScriptedModel inBoth =
        load("both.json", "{\"verdict\": {\"winner\": \"e\", \"rationale\": \"?\"}}");
    assertThat(verdict(inBoth, "verdict")).contains("\"winner\":\"undecided\"");
  }

  @Test
  void aScriptedJudgeCanBabbleAndThenRepair() throws Exception {
    ScriptedModel model =
        load(
            "repair.json",
            "{\"verdict\": [\"I like tea\", {\"winner\": 2, \"rationale\": \"x\"}]}");
    assertThat(verdict(model, "verdict")).isEqualTo("I like tea");
    assertThat(verdict(model, "verdict-2")).contains("\"winner\":\"B\"");
    assertThat(verdict(model, "verdict-3")).contains("\"winner\":\"B\"");
  }

  @Test
  void textAndCallsAreStreamed() throws Exception {
    List<ModelDelta> deltas = new ArrayList<>();
    load("s.json", SCRIPT)
        .reply(
            new ModelRequest("green", "", List.of(user()), List.of()),
            deltas::add,
            Cancellation.never());
    assertThat(deltas)
        .containsExactly(
            new ModelDelta.Text("writing"),
            new ModelDelta.ToolCallPart("green-1-1", "note", "{\"n\":1,\"x\":{\"y\":[true]}}"),
            new ModelDelta.ToolCallPart("green-1-2", "note", "{}"));
  }

  @Test
  @Timeout(60)
  void waitingEndsWithTheCancellation() throws Exception {
    ScriptedModel model = load("s.json", "{\"latencyMs\": 600000}");
    Cancellation cancellation = new Cancellation();
    Thread.ofVirtual().start(() -> cancellation.cancel("enough"));
    ModelRequest request = new ModelRequest("red", "", List.of(user()), List.of());
    assertThatThrownBy(() -> model.reply(request, _ -> {}, cancellation))
        .isInstanceOf(Cancellation.Cancelled.class)
        .hasMessage("enough");
  }

  @Test
  void yamlMeansTheSameAsJson() throws Exception {
    String yaml =
        """
        green:
          - say: writing
            calls:
              - tool: note
                arguments: {n: 1, x: {y: [true]}}
              - tool: note
          - say: done
        usage: {inputTokens: 1200, outputTokens: 300}
        """;
    assertThat(ask(load("s.yaml", yaml), "green")).isEqualTo(ask(load("s.json", SCRIPT), "green"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                               | bad.json:1:
          ``                                              | bad.json:1:1: the script is empty
          []                                              | bad.json:1:1: a script must be an object
          {"red": []} {}                                  | bad.json:1:13: there is more after the end
          {"rde": []}                                     | bad.json:1:9: a script has no key 'rde'; known: answer, costMicros, green
          {"red": [], "red": []}                          | Duplicate field 'red'
          {"red": {}}                                     | bad.json:1:9: red must be a list
          {"red": ["x"]}                                  | bad.json:1:10: a turn must be an object
          {"red": [[{}], {}]}                             | bad.json:1:16: red must be a list
          {"repair": [{}]}                                | bad.json:1:13: repair must be a list
          {"green": [{"says": "x"}]}                      | a turn has no key 'says'; known: calls, say
          {"green": [{"say": 7}]}                         | bad.json:1:20: say must be a text
          {"green": [{"say": null}]}                      | say must be a text
          {"green": [{"calls": {}}]}                      | calls must be a list
          {"green": [{"calls": [{}]}]}                    | bad.json:1:23: 'tool' is missing
          {"green": [{"calls": [{"tool": "rm"}]}]}        | bad.json:1:32: unknown tool 'rm'; known: note
          {"green": [{"calls": [{"tool": "note", "arguments": []}]}]} | arguments must be an object
          {"latencyMs": -1}                               | latencyMs must be a whole number from 0 to 600000
          {"latencyMs": 1.5}                              | latencyMs must be a whole number
          {"latencyMs": 99999999999999999999999}          | latencyMs must be a whole number
          {"usage": {"tokens": 1}}                        | usage has no key 'tokens'
          {"verdict": {"winner": " ", "rationale": ""}}   | winner must be words of the candidate
          {"verdict": {"winner": true, "rationale": ""}}  | winner must be a whole number
          {"verdict": [{"winner": 1}]}                    | 'rationale' is missing
          {"verdict": 7}                                  | a verdict must be a text
          {"verdict": {"winner": 1}}                      | 'rationale' is missing
          {"questions": [{"rationale": "x"}]}             | 'question' is missing
          """)
  void aMalformedScriptIsRefusedWithPlaceAndReason(String script, String expected) {
    assertThatThrownBy(() -> load("bad.json", script))
        .isInstanceOfSatisfying(
            WinnowException.class,
            e -> assertThat(e.category()).isEqualTo(WinnowException.Category.USAGE))
        .hasMessageContaining(expected)
        .hasMessageContaining("bad.json:1:")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void theLineOfTheFaultIsNamed() {
    String script =
        """
        {"green": [
          {"say": "ok"},
          {"calls": [
             {"tool": "rm", "arguments": {}}]}]}\
        """;
    assertThatThrownBy(() -> load("bad.json", script))
        .hasMessageContaining("bad.json:4:15: unknown tool 'rm'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "green: [{say: x}\nred: 1", // not closed
        "red: []\nred: []", // twice
        "answer: &a [{say: x}]\ngreen: *a", // an alias would be read as the text "a"
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", // the billion laughs
        "green:\n\t- say: x", // a tab
        "--- {red: []}\n--- {red: []}", // two documents
        "red: !!javax.script.ScriptEngineManager []\ngreen: 1",
        "- a",
        "just text",
        "# nothing"
      })
  void malformedYamlIsRefusedWithOneLine(String script) {
    assertThatThrownBy(() -> load("bad.yml", script))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("bad.yml:")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deep.json", "deep.yaml"})
  void anArbitrarilyDeepScriptIsRefused(String file) {
    assertThatThrownBy(() -> load(file, "{\"red\": " + "[".repeat(100_000)))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"huge.json", "huge.yaml"})
  void aHugeScriptIsRefused(String file) {
    assertThatThrownBy(() -> load(file, " ".repeat((8 << 20) + 1)))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("larger than 8 MiB");
  }

  @Test
  void aFileThatIsNoneIsRefused() throws Exception {
    Path missing = directory.resolve("missing.json");
    assertThatThrownBy(() -> ScriptedModel.load("x", missing, Set.of()))
        .hasMessage("The script " + missing + " does not exist.");
    assertThatThrownBy(() -> ScriptedModel.load("x", directory, Set.of()))
        .hasMessage("The script " + directory + " is a directory, not a file.");
    Path binary = Files.write(directory.resolve("b.json"), new byte[] {0, -1, -2, 7, 0, 0, 1});
    assertThatThrownBy(() -> ScriptedModel.load("x", binary, Set.of()))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("b.json");
  }
}
