package dev.winnow.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.run.CoverCriteria.Covered;
import dev.winnow.run.CoverCriteria.CoveringTest;
import dev.winnow.spec.Criterion;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverCriteriaTest {

  private static List<Covered> of(String test, TestStatus status) {
    Evidence evidence =
        new Evidence(
            List.of(),
            List.of(
                new MatrixCell(
                    TestSet.TESTER,
                    "c1",
                    MatrixCell.Outcome.PASS,
                    "fine",
                    List.of(new TestResult(test, status, "")),
                    List.of(),
                    List.of())),
            Set.of(),
            Set.of(),
            null,
            Set.of());
    return CoverCriteria.of(
        List.of(new Criterion("AC-1", "prints"), new Criterion("AC-12", "refuses")),
        evidence,
        "c1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tests/test_x.py::XTest::test_ac1_prints   | AC-1
          com.acme.AppTest#ac1PrintsTheTotal        | AC-1
          com.acme.AppTest#testAc12Refuses          | AC-12
          AC-1: prints the total                    | AC-1
          export > AC_12 refuses                    | AC-12
          tests/ac1/test_x.py::test_mac12           | ''
          com.acme.Ac1Test#prints                   | ''
          com.acme.AppTest#ac120                    | ''
          com.acme.AppTest#trac1                    | ''
          """)
  void aTestNamesItsCriterionByItsName(String test, String criterion) {
    List<String> covered =
        of(test, TestStatus.PASSED).stream()
            .filter(c -> !c.tests().isEmpty())
            .map(Covered::id)
            .toList();
    assertThat(covered).isEqualTo(criterion.isEmpty() ? List.of() : List.of(criterion));
  }

  @Test
  void onlyAPassedTestShowsThatACriterionIsMet() {
    Covered passed = of("ac1_x", TestStatus.PASSED).getFirst();
    assertThat(passed.passed()).isTrue();
    assertThat(passed.tests()).containsExactly(new CoveringTest(TestSet.TESTER, "ac1_x", "passed"));
    assertThat(of("ac1_x", TestStatus.FAILED).getFirst().passed()).isFalse();
    assertThat(of("ac1_x", TestStatus.SKIPPED).getFirst().passed()).isFalse();
    assertThat(of("other", TestStatus.PASSED).getFirst().passed()).isFalse();
  }
}
