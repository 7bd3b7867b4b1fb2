package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadJunitXmlTest {

  private static List<TestResult> read(String xml) throws Exception {
    return ReadJunitXml.read(xml.getBytes(StandardCharsets.UTF_8), CollectJunit::javaId);
  }

  @Test
  void nestedSuitesAndMissingClassNamesAreRead() throws Exception {
    assertThat(
            read(
                "<testsuites><testsuite name='outer'><testsuite name='inner'>"
                    + "<testcase name='a'/></testsuite><testcase classname='C' name='b'/>"
                    + "</testsuite></testsuites>"))
        .extracting(TestResult::id)
        .containsExactly("inner#a", "C#b");
  }

  @Test
  void aFailureIsAnAssertionUnlessItsTypeSaysOtherwise() throws Exception {
    assertThat(
            read(
                "<testsuite>"
                    + "<testcase classname='C' name='a'><failure type='org.opentest4j.AssertionFailedError'>x</failure></testcase>"
                    + "<testcase classname='C' name='b'><failure type='java.lang.IllegalStateException'/></testcase>"
                    + "<testcase classname='C' name='c'><failure message='NameError: no x'/></testcase>"
                    + "<testcase classname='C' name='d'><failure message='assert 1 == 2'/></testcase>"
                    + "<testcase classname='C' name='e'><error/></testcase>"
                    + "<testcase classname='C' name='f'><skipped/></testcase></testsuite>"))
        .extracting(TestResult::status)
        .containsExactly(
            TestStatus.FAILED,
            TestStatus.ERROR,
            TestStatus.ERROR,
            TestStatus.FAILED,
            TestStatus.ERROR,
            TestStatus.SKIPPED);
  }

  @Test
  void aTestThatPassedWhenItWasRunAgainHasPassed() throws Exception {
    assertThat(
            read(
                "<testsuite><testcase classname='C' name='a'><flakyFailure type='x'/></testcase>"
                    + "<testcase classname='C' name='b'><failure type='AssertionError'/><rerunFailure/></testcase></testsuite>"))
        .extracting(TestResult::status)
        .containsExactly(TestStatus.PASSED, TestStatus.FAILED);
  }

  @Test
  void theWorstOfTwoResultsWithOneIdCounts() {
    Report report =
        Report.complete(
            List.of(
                new TestResult("a", TestStatus.FAILED, "no"),
                new TestResult("a", TestStatus.PASSED, "")),
            java.util.Set.of());
    assertThat(report.results()).containsExactly(new TestResult("a", TestStatus.FAILED, "no"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no xml at all",
        "<testsuite><testcase name='a'",
        "<testsuite><testcase name='a'>",
        "<testsuite><testcase name='a'/>",
        "<html></html>",
        "<testsuite/><testsuite/>",
        "<testsuite>&undefined;</testsuite>",
      })
  void aBrokenOrCutOffReportIsRefused(String xml) {
    assertThatThrownBy(() -> read(xml))
        .isInstanceOfAny(ReadJunitXml.Broken.class, ReportFiles.Unbelievable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE t SYSTEM 'file:///etc/passwd'><testsuite/>",
        "<!DOCTYPE t [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><testsuite><testcase name='&x;'/></testsuite>",
        "<!DOCTYPE t [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><testsuite>&b;</testsuite>",
      })
  void entitiesAreNeverExpanded(String xml) {
    assertThatThrownBy(() -> read(xml))
        .isInstanceOfAny(ReportFiles.Unbelievable.class, ReadJunitXml.Broken.class);
  }

  @Test
  void aDeepReportIsRefused() {
    String deep = "<testsuite>".repeat(5_000) + "</testsuite>".repeat(5_000);
    assertThatThrownBy(() -> read(deep)).isInstanceOf(ReportFiles.Unbelievable.class);
    String inside = "<testsuite><testcase name='a'>" + "<x>".repeat(5_000);
    assertThatThrownBy(() -> read(inside)).isInstanceOf(ReportFiles.Unbelievable.class);
  }

  @Test
  void idsAreTheSameInEveryRun() throws Exception {
    assertThat(read("<testsuite><testcase classname='C' name='t(Foo@1b2c3d4e)\n[1]'/></testsuite>"))
        .extracting(TestResult::id)
        .containsExactly("C#t(Foo@?) [1]");
  }
}
