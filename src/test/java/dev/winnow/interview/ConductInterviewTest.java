package dev.winnow.interview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.Planning;
import dev.winnow.spec.PlanningMetadata.Judgement;
import dev.winnow.spec.PlanningMetadata.Round;
import dev.winnow.spec.Question;
import dev.winnow.spec.RecordAnswers.Given;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConductInterviewTest {

  private static final String SPECIFICATION =
      """
      "specification": {"overview": "A CSV export.",
        "criteria": ["The export of two orders returns three lines.", "An empty list returns the header only."],
        "plan": [{"name": "Export", "tasks": ["Write the header", "Write the rows"]}]}\
      """;

  private static final String ASKS =
      """
      {"questions": [[{"question": "Which separator?", "rationale": "Some read only one.", "suggestions": ["comma", "semicolon"]}],
                     [{"question": "What if a value has the separator in it?", "rationale": "It must be quoted or refused."}]],
       %s, "usage": {"inputTokens": 100, "outputTokens": 10}, "costMicros": 5}\
      """
          .formatted(SPECIFICATION);

  @TempDir static Path directory;
  private static Interviews interviews;

  @BeforeAll
  static void open() {
    interviews = new Interviews(directory);
  }

  @AfterAll
  static void close() {
    interviews.close();
  }

  private static Planning planning(Spec spec) {
    return Objects.requireNonNull(spec.artifacts().planning());
  }

  private static List<String> questions(Spec spec) {
    return planning(spec).questions().stream().map(Question::question).toList();
  }

  private static Spec order() {
    return interviews.spec(Interviews.TASK.text());
  }

  @Test
  void withoutAModelFixedQuestionsBecomeCriteriaInThePersonsWords() {
    Spec asked = interviews.begin(order(), InterviewOptions.stub(OptionalInt.of(5)));
    assertThat(questions(asked)).hasSize(5);
    assertThat(planning(asked).status()).isEqualTo(Planning.Status.NEEDS_ANSWERS);
    assertThat(planning(asked).metadata().mode().label()).isEqualTo("stub");
    Spec answered =
        interviews.answer(
            asked,
            Given.text("q1", "Clerks"),
            Given.text(
                "q2", "The export returns one line for each order.\n- A header is printed first"),
            Given.skip("q3"),
            Given.text("q4", "Import"),
            Given.text("q5", "An empty list returns the header only"));
    Spec written = interviews.goOn(answered);
    assertThat(written.criteria())
        .extracting(Criterion::id, Criterion::text)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "AC-1", "The export returns one line for each order."),
            org.assertj.core.groups.Tuple.tuple("AC-2", "A header is printed first"),
            org.assertj.core.groups.Tuple.tuple("AC-3", "An empty list returns the header only"));
    assertThat(planning(written).unanswered()).extracting(Question::id).containsExactly("q3");
    Spec valid = interviews.specs.validate(written.id(), List.of());
    assertThat(Objects.requireNonNull(valid.artifacts().validation()).findings())
        .extracting(f -> f.id())
        .contains("question-skipped");
    assertThat(valid.status()).as(Json.write(valid)).isEqualTo(SpecStatus.VALIDATED);
    assertThat(interviews.specs.export(valid.id()).get("spec.md"))
        .contains("## Open Questions", "(skipped)", "**AC-3**");
    assertThat(Json.read(Json.write(valid), Spec.class)).isEqualTo(valid);
  }

  @Test
  void anAnswerThatChangesLaterChangesWhatIsWritten() {
    Spec asked = interviews.begin(order(), InterviewOptions.stub(OptionalInt.of(1)));
    Spec first = interviews.goOn(interviews.answer(asked, Given.text("q1", "It returns 1")));
    assertThat(first.criteria()).extracting(Criterion::text).containsExactly("It returns 1");
    Spec second = interviews.goOn(interviews.answer(first, Given.text("q1", "It returns 2")));
    assertThat(second.criteria()).extracting(Criterion::text).containsExactly("It returns 2");
  }

  @Test
  void oneModelAsksFollowsUpAndWrites() throws Exception {
    Spec asked = interviews.begin(order(), interviews.single(4, ASKS));
    assertThat(questions(asked)).containsExactly("Which separator?");
    assertThat(planning(asked).questions().getFirst().suggestions())
        .containsExactly("comma", "semicolon");
    assertThat(interviews.goOn(asked)).as("it waits").isEqualTo(asked);
    Spec more = interviews.goOn(interviews.answer(asked, Given.text("q1", "comma")));
    assertThat(questions(more)).hasSize(2);
    assertThat(planning(more).questions().getLast())
        .returns("q2", Question::id)
        .returns(2, Question::round);
    Spec written = interviews.goOn(interviews.answer(more, Given.text("q2", "Quote it")));
    assertThat(planning(written).status()).isEqualTo(Planning.Status.ANSWERED);
    assertThat(written.criteria()).extracting(Criterion::id).containsExactly("AC-1", "AC-2");
    assertThat(planning(written).plan()).hasSize(1);
    assertThat(planning(written).metadata().rounds())
        .extracting(Round::chosen)
        .containsExactly("scripted:one.json", "scripted:one.json", "none");
    // two calls in each round that asks, one in the round that does not, one for the specification
    assertThat(interviews.calls(written)).isEqualTo(6);
    assertThat(planning(written).metadata().inputTokens()).isEqualTo(600);
    assertThat(planning(written).metadata().costMicros()).isEqualTo(30);
    assertThat(planning(written).metadata().rounds().getFirst().candidates().getFirst().traceLink())
        .startsWith("https://traces.example.org/0");
    assertThat(interviews.goOn(written)).isEqualTo(written);
    assertThat(interviews.specs.validate(written.id(), List.of()).status())
        .isEqualTo(SpecStatus.VALIDATED);
  }

  @Test
  void theLimitHoldsOverAllRounds() throws Exception {
    Spec asked = interviews.begin(order(), interviews.single(1, ASKS));
    Spec written = interviews.goOn(interviews.answer(asked, Given.text("q1", "comma")));
    assertThat(questions(written)).hasSize(1);
    assertThat(written.criteria()).hasSize(2);
    Spec none = interviews.begin(order(), interviews.single(0, ASKS));
    assertThat(questions(none)).isEmpty();
    assertThat(none.criteria()).hasSize(2);
  }

  @Test
  void theJudgePicksTheBetterSet() throws Exception {
    String other =
        """
        {"questions": [{"question": "Which encoding has the file?", "rationale": "Umlauts."}], %s}\
        """
            .formatted(SPECIFICATION);
    Spec asked =
        interviews.begin(
            order(),
            interviews.dual(
                4,
                ASKS,
                other,
                "{\"verdict\": {\"winner\": \"encoding\", \"rationale\": \"it matters\"}}"));
    assertThat(questions(asked)).containsExactly("Which encoding has the file?");
    Round round = planning(asked).metadata().rounds().getFirst();
    Judgement judgement = Objects.requireNonNull(round.judgement());
    assertThat(round.chosen()).isEqualTo("scripted:two.json");
    assertThat(judgement.winner()).isEqualTo("scripted:two.json");
    assertThat(judgement.scores()).containsEntry("scripted:two.json", 90.0);
    assertThat(judgement.rationale()).isEqualTo("it matters");
    assertThat(round.candidates()).hasSize(2);
  }

  @Test
  void anUndecidedJudgeMergesWhatIsNoDuplicate() throws Exception {
    String other =
        """
        {"questions": [{"question": "Which separator should it use?", "rationale": "x"},
                       {"question": "Which encoding has the file?", "rationale": "Umlauts."}], %s}\
        """
            .formatted(SPECIFICATION);
    Spec asked =
        interviews.begin(
            order(),
            interviews.dual(
                4, ASKS, other, "{\"verdict\": {\"winner\": 1, \"rationale\": \"first\"}}"));
    assertThat(questions(asked))
        .containsExactly("Which separator?", "Which encoding has the file?");
    Round round = planning(asked).metadata().rounds().getFirst();
    Judgement judgement = Objects.requireNonNull(round.judgement());
    assertThat(round.chosen()).isEqualTo("merged");
    assertThat(judgement.winner()).isNull();
    assertThat(judgement.rationale()).contains("contradicts itself");
  }

  @Test
  void oneThatFailsDoesNotEndTheInterviewAndBothDo() throws Exception {
    String prose = "{\"questions\": \"You should use commas.\"}";
    Spec asked = interviews.begin(order(), interviews.dual(4, prose, ASKS, "{}"));
    assertThat(questions(asked)).containsExactly("Which separator?");
    Round round = planning(asked).metadata().rounds().getFirst();
    assertThat(round.chosen()).isEqualTo("scripted:two.json");
    assertThat(round.judgement()).isNull();
    assertThat(round.candidates().getFirst().error()).contains("prose");
    Spec order = order();
    assertThatThrownBy(() -> interviews.begin(order, interviews.dual(4, prose, "{}", "{}")))
        .hasMessageContaining("one.json: it answered in prose")
        .hasMessageContaining("two.json: it answered in prose");
    // and may be tried again, with another one
    assertThat(questions(interviews.begin(order, interviews.single(4, ASKS)))).hasSize(1);
  }

  @Test
  void aModelMayHaveNothingToAskAskTwiceOrAskFifty() throws Exception {
    Spec none =
        interviews.begin(
            order(), interviews.single(4, "{\"questions\": [], %s}".formatted(SPECIFICATION)));
    assertThat(questions(none)).isEmpty();
    assertThat(planning(none).status()).isEqualTo(Planning.Status.ANSWERED);
    assertThat(none.criteria()).hasSize(2);

    StringBuilder many = new StringBuilder("{\"question\": \"Which separator?\"}");
    many.append(", {\"question\": \"Which separator should be used?\"}");
    for (int i = 0; i < 50; i++) {
      many.append(", {\"question\": \"Is column%d wanted beside row%d?\"}".formatted(i, i * 7));
    }
    Spec fifty =
        interviews.begin(
            order(),
            interviews.single(3, "{\"questions\": [%s], %s}".formatted(many, SPECIFICATION)));
    assertThat(questions(fifty))
        .hasSize(3)
        .startsWith("Which separator?", "Is column0 wanted beside row0?");
  }

  @Test
  void aCrashAfterTheCallsRepeatsNone() throws Exception {
    Spec order = order();
    InterviewOptions options = interviews.single(4, ASKS);
    Spec asked = interviews.begin(order, options);
    long calls = interviews.calls(asked);
    // as if the process had died before it saved what was asked
    interviews.specs.changePlanning(
        order.id(),
        spec -> {
          Planning now = planning(spec);
          return spec.withPlanning(
              now.asked(List.of(), false, now.metadata().with(List.of(), "", 0, 0, 0L)));
        });
    Spec again = interviews.begin(order, options);
    assertThat(questions(again)).isEqualTo(questions(asked));
    assertThat(interviews.calls(again)).isEqualTo(calls);
  }

  @Test
  void twoWhoBeginAtOnceBeginOnce() throws Exception {
    Spec order = order();
    InterviewOptions options = interviews.single(4, ASKS);
    ConductInterview conduct = interviews.conduct();
    List<CompletableFuture<Spec>> both =
        Stream.of(1, 2)
            .map(_ ->
                CompletableFuture.supplyAsync(
                    () -> conduct.begin(order.id(), options, Cancellation.never())))
            .toList();
    assertThat(both).allSatisfy(one -> assertThat(questions(one.join())).hasSize(1));
    assertThat(interviews.calls(order)).isEqualTo(2);
  }

  @Test
  void aBudgetThatIsTooSmallSaysSo() throws Exception {
    Spec order = order();
    InterviewOptions options = interviews.single(4, ASKS);
    InterviewOptions cheap =
        new InterviewOptions(
            options.mode(),
            options.maxQuestions(),
            options.agents(),
            options.judge(),
            new Budget(1L, null, null, null));
    assertThatThrownBy(() -> interviews.begin(order, cheap))
        .isInstanceOfSatisfying(
            WinnowException.class,
            e -> assertThat(e.category()).isEqualTo(WinnowException.Category.BUDGET));
  }

  @Test
  void badOptionsAreRefused() throws Exception {
    Spec order = order();
    assertThatThrownBy(() -> interviews.begin(order, InterviewOptions.stub(OptionalInt.of(21))))
        .hasMessageContaining("0 to 20 questions");
    InterviewOptions dual = interviews.dual(4, ASKS, ASKS, "{}");
    assertThatThrownBy(() ->
            interviews.begin(
                order,
                new InterviewOptions(
                    dual.mode(),
                    dual.maxQuestions(),
                    dual.agents(),
                    java.util.Optional.empty(),
                    dual.budget())))
        .hasMessageContaining("JUDGE_MODEL");
    assertThatThrownBy(() -> interviews.goOn(order)).hasMessageContaining("no interview yet");
  }
}
