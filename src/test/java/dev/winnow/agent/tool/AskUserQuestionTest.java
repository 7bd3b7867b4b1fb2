package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AskUserQuestionTest {

  private final AskUserQuestion tool =
      new AskUserQuestion(2, List.of("Which encoding has the file?"));

  private ToolResult ask(String question, String... suggestions) {
    JsonNode arguments =
        Json.mapper()
            .valueToTree(
                Map.of("question", question, "rationale", "why", "suggestions", suggestions));
    return CheckArguments.problem(tool.spec(), arguments)
        .map(ToolResult::failed)
        .orElseGet(() -> tool.call(arguments, Cancellation.never()));
  }

  @Test
  void theLimitIsHeldWhateverTheModelTries() {
    assertThat(ask("Which separator?").text()).contains("1 more possible");
    assertThat(ask("Is there a header?").text()).contains("You cannot ask more");
    assertThat(ask("What about dates?"))
        .returns(false, ToolResult::ok)
        .extracting(ToolResult::text)
        .asString()
        .contains("the limit of 2 questions is reached");
    assertThat(tool.asked()).hasSize(2);
  }

  @Test
  void whatIsEmptyLongOrAskedAlreadyIsRefused() {
    assertThat(ask(" \u0000 ").text()).contains("'question' is empty");
    assertThat(ask("x".repeat(601)).text()).contains("at most 600");
    assertThat(ask("Which encoding should the file have?").text()).contains("asked already");
    assertThat(ask("Which separator?").ok()).isTrue();
    assertThat(ask("which SEPARATOR should be used??").text()).contains("asked already");
    assertThat(tool.asked()).hasSize(1);
  }

  @Test
  void suggestionsAreTwoToFourAndOtherIsAlwaysPossible() {
    assertThat(ask("A?", "yes").ok()).isTrue();
    assertThat(ask("B?", "a", "b", "a", "Other", "c", "d", "e").ok()).isTrue();
    assertThat(tool.asked())
        .extracting(AskUserQuestion.Asked::suggestions)
        .containsExactly(List.of(), List.of("a", "b", "c", "d"));
  }

  @Test
  void suggestionsMustBeTexts() {
    JsonNode arguments =
        Json.read(
            "{\"question\": \"A?\", \"rationale\": \"b\", \"suggestions\": [1]}", JsonNode.class);
    assertThat(CheckArguments.problem(tool.spec(), arguments))
        .hasValueSatisfying(p -> assertThat(p).contains("'suggestions' must be a list of texts"));
  }

  @Test
  void aResumedTurnBringsItsQuestionsBack() {
    assertThat(ask("Which separator?").ok()).isTrue();
    AskUserQuestion resumed = new AskUserQuestion(1, List.of());
    resumed.restore(tool.asked());
    assertThat(resumed.asked()).isEqualTo(tool.asked());
    assertThat(
            resumed
                .call(
                    Json.mapper().valueToTree(Map.of("question", "B?", "rationale", "c")),
                    Cancellation.never())
                .ok())
        .isFalse();
  }
}
