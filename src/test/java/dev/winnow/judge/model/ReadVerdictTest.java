package dev.winnow.judge.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.agent.JudgePrompt;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only a complete verdict, and nothing around it, is one. */
class ReadVerdictTest {

  /** c2 is shown first. */
  private final ReadVerdict reader =
      new ReadVerdict(
          List.of("c2", "c1"),
          List.of(
              new JudgePrompt.Shown("A", "the cache is\n  bounded"),
              new JudgePrompt.Shown("B", "the cache grows for ever")));

  private static String verdict(String winner, int a, int b, String quotation) {
    return """
    {"winner": "%s", "scores": [{"candidate": "A", "score": %d}, {"candidate": "B", "score": %d}],
     "evidence": ["%s"], "rationale": "because"}\
    """
        .formatted(winner, a, b, quotation);
  }

  @Test
  void lettersBecomeCandidatesAndQuotationsAreChecked() {
    ReadVerdict.Read read = reader.read(verdict("A", 80, 40, "cache is bounded"));
    assertThat(read.problem()).isEmpty();
    assertThat(read.verdict())
        .isEqualTo(
            new Verdict(
                "c2",
                java.util.Map.of("c2", 80, "c1", 40),
                List.of("cache is bounded"),
                "because"));
  }

  @Test
  void aCodeBlockAroundItIsForgiven() {
    String fenced = "```json\n" + verdict("B", 1, 2, "grows for ever") + "\n```";
    assertThat(reader.read(fenced).verdict()).isNotNull();
  }

  @Test
  void undecidedNeedsNoQuotation() {
    assertThat(reader.read(verdict("undecided", 50, 50, "made up")).verdict())
        .isNotNull()
        .extracting(Verdict::winner)
        .isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                           | the answer is no JSON object
          A                            | not one JSON object
          `"A"`                        | no JSON object
          `[]`                         | no JSON object
          `{"winner": "A"}`            | exactly winner, scores, evidence and rationale
          `{"winner": "A"} {"winner": "B"}` | not one JSON object and nothing else
          `The winner is {"winner": "A"}` | not one JSON object
          `{"winner": "A", "winner": "B", "scores": [], "evidence": [], "rationale": "x"}` | not one JSON object
          `{"winner": "A", "scores": [], "evidence": [], "rationale": "x"}` | scores must name every candidate
          `{"winner": "A", "scores": [{"candidate": "A", "score": 1}, {"candidate": "A", "score": 2}], "evidence": [], "rationale": "x"}` | names a candidate twice
          `{"winner": "A", "scores": [{"candidate": "A", "score": 101}, {"candidate": "B", "score": 2}], "evidence": [], "rationale": "x"}` | whole numbers from 0 to 100
          `{"winner": "A", "scores": [{"candidate": "A", "score": "90"}, {"candidate": "B", "score": 2}], "evidence": [], "rationale": "x"}` | whole numbers
          `{"winner": "C", "scores": [{"candidate": "A", "score": 90}, {"candidate": "B", "score": 2}], "evidence": [], "rationale": "x"}` | winner must be one of
          `{"winner": "c1", "scores": [{"candidate": "A", "score": 90}, {"candidate": "B", "score": 2}], "evidence": [], "rationale": "x"}` | winner must be one of
          `{"winner": "B", "scores": [{"candidate": "A", "score": 90}, {"candidate": "B", "score": 2}], "evidence": [], "rationale": "x"}` | does not have the highest score
          `{"winner": "A", "scores": [{"candidate": "A", "score": 2}, {"candidate": "B", "score": 2}], "evidence": [], "rationale": "x"}` | does not have the highest score
          `{"winner": "A", "scores": [{"candidate": "A", "score": 9}, {"candidate": "B", "score": 2}], "evidence": ["made up"], "rationale": "x"}` | quotes nothing that was shown
          `{"winner": "A", "scores": [{"candidate": "A", "score": 9}, {"candidate": "B", "score": 2}], "evidence": [" "], "rationale": "x"}` | quotes nothing that was shown
          `{"winner": "A", "scores": [{"candidate": "A", "score": 9}, {"candidate": "B", "score": 2}], "evidence": ["cache"], "rationale": " "}` | rationale must be a text
          `{"winner": "A", "scores": [{"candidate": "A", "score": 9}, {"candidate": "B", "score": 2}], "evidence": ["cache"], "rationale": "x", "note": 1}` | exactly winner
          """)
  void everythingElseIsRefused(String said, String expected) {
    ReadVerdict.Read read = reader.read(said);
    assertThat(read.verdict()).isNull();
    assertThat(read.problem()).contains(expected);
  }

  @Test
  void depthAndSizeAreBounded() {
    assertThat(reader.read("[".repeat(60_000)).problem()).isNotEmpty();
    assertThat(reader.read("x".repeat(100_000)).problem()).isEqualTo("the answer is too long");
  }

  @Test
  void aLongRationaleIsCut() {
    String long1 = verdict("A", 2, 1, "cache").replace("because", "x".repeat(9_000));
    assertThat(reader.read(long1).verdict())
        .isNotNull()
        .extracting(verdict -> verdict.rationale().length())
        .isEqualTo(2_032);
  }
}
