package dev.winnow.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckCriterionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The export of two orders returns three lines.",
        "An empty list prints the header only",
        "Given an empty cart, when a coupon is added, then the total stays 0.",
        "A name and an address are shown",
        "The list is sorted by date, e.g. 2026-01-02 before 2026-01-03. This is by day, not by hour",
        "A search answers within 200 ms, which is fast",
        "from_roman raises a ValueError for \"IIII\"",
        "to_roman(4) == \"IV\"",
        "Files that match .gitignore do not appear in the result.",
        "Uploading the same file twice leaves one copy in the bucket.",
        "Retries happen at most 3 times, with delays of 1, 2 and 4 seconds.",
        "The report includes well-formed JSON for every row.",
        "The fast path is used when the list has one element.",
        "The good reviews are listed before the bad ones.",
        "The queue drains in FIFO order.",
        "Der Export liefert eine Zeile je Bestellung."
      })
  void whatCanBeObservedIsFine(String text) {
    assertThat(CheckCriterion.problems(new Criterion("AC-1", text))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AC-1 | Good performance                                          | criterion-no-outcome
          AC-1 | The page is user-friendly                                 | criterion-vague
          AC-1 | All edge cases are handled                                | criterion-vague
          AC-1 | The response time is improved                             | criterion-vague
          AC-1 | The app is very robust                                    | criterion-vague
          AC-1 | It works                                                  | criterion-no-outcome
          AC-1 | The export has a header. The import refuses broken rows.  | criterion-compound
          AC-1 | It prints the total and also sends a mail                 | criterion-compound
          AC-1 | ''                                                        | criterion-empty
          1    | It prints the total                                       | criterion-id
          AC-0 | It prints the total                                       | criterion-id
          """)
  void whatCannotIsNamed(String id, String text, String rule) {
    assertThat(CheckCriterion.problems(new Criterion(id, text)))
        .extracting(Validation.Finding::id)
        .containsExactly(rule);
  }
}
