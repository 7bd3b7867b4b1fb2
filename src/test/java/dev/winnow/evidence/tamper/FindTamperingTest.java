package dev.winnow.evidence.tamper;

import static dev.winnow.evidence.tamper.TamperFinding.Kind.BUILD_DROPS_TESTS;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.EARLY_EXIT;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.FORBIDDEN_ENTRY;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.FORGED_REPORT;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.SPECIAL_CASED;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.TEST_DELETED;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.TEST_DISABLED;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.TEST_WEAKENED;
import static dev.winnow.evidence.tamper.TamperSamples.JAVA;
import static dev.winnow.evidence.tamper.TamperSamples.JAVA_TEST;
import static dev.winnow.evidence.tamper.TamperSamples.NODE;
import static dev.winnow.evidence.tamper.TamperSamples.PYTHON;
import static dev.winnow.evidence.tamper.TamperSamples.PYTHON_TEST;
import static dev.winnow.evidence.tamper.TamperSamples.edited;
import static dev.winnow.evidence.tamper.TamperSamples.java;
import static dev.winnow.evidence.tamper.TamperSamples.node;
import static dev.winnow.evidence.tamper.TamperSamples.pom;
import static dev.winnow.evidence.tamper.TamperSamples.python;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.workspace.FileChange;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is tampering, and what is only a hint. */
class FindTamperingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          assertEquals(5, sum);                     | assertEquals(6, sum);
          assertEquals(5, sum);                     | ''
          assertEquals(5, sum);                     | assertNotNull(sum);
          assertEquals(5, sum);                     | // assertEquals(5, sum);
          assertEquals(5, sum);                     | assertNotEquals(5, sum);
          assertEquals(5, sum);                     | System.out.println(5 + sum);
          int sum = calculator.add(2, 3);           | int sum = calculator.add(2, 3); try { assertEquals(5, sum); } catch (AssertionError e) { }
          ArithmeticException.class, () -> calculator.divide(1, 0) | Exception.class, () -> calculator.divide(2, 0)
          "10, 20, 30",                             | ''
          "10, 20, 30",                             | "10, 20, 31",
          """)
  void weakenedJavaTestsAreAVeto(String find, String replace) {
    assertThat(java(find, replace).vetoes()).containsExactly(TEST_WEAKENED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          self.assertEqual(total, 5)               | self.assertEqual(total, 6)
          self.assertEqual(total, 5)               | pass
          self.assertEqual(total, 5)               | self.assertIsNotNone(total)
          ("grace", "Grace"),                      | ''
          ("grace", "Grace"),                      | ("grace", "grace"),
          self.assertRaises(ZeroDivisionError)     | contextlib.suppress(Exception)
          """)
  void weakenedPythonTestsAreAVeto(String find, String replace) {
    assertThat(python(find, replace).vetoes()).containsExactly(TEST_WEAKENED);
  }

  @Test
  void leavingAPythonTestEarlyIsAVeto() {
    assertThat(python("        total = calc", "        return\n        total = calc").vetoes())
        .containsExactly(TEST_WEAKENED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          assert.equal(add(2, 3), 5);    | assert.equal(add(2, 3), 6);
          assert.equal(add(2, 3), 5);    | assert.ok(add);
          assert.equal(add(2, 3), 5);    | assert.notEqual(add(2, 3), 5);
          () => divide(1, 0), /zero/     | () => { throw new Error('zero') }
          """)
  void weakenedNodeTestsAreAVeto(String find, String replace) {
    assertThat(node(find, replace).vetoes()).containsExactly(TEST_WEAKENED);
  }

  @Test
  void disabledTestsAreAVeto() {
    assertThat(java("  @Test\n  void adds", "  @Disabled\n  @Test\n  void adds").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(
            java("  @Test\n  void adds", "  @Test\n  @Disabled(\"later\")\n  void adds").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(java("class CalculatorTest", "@Disabled\nclass CalculatorTest").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(java("int sum =", "assumeTrue(false);\n    int sum =").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(
            python("    def test_add", "    @unittest.skip(\"later\")\n    def test_add").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(python("class CalcTest", "@unittest.skip(\"later\")\nclass CalcTest").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(python("        total =", "        self.skipTest('x')\n        total =").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(node("test('adds'", "test.skip('adds'").vetoes()).containsExactly(TEST_DISABLED);
    assertThat(node("test('adds', ()", "test('adds', { skip: true }, ()").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(node("test('adds'", "test.todo('adds'").vetoes()).containsExactly(TEST_DISABLED);
  }

  @Test
  void disabledGoAndRustTestsAreAVeto() {
    String go =
        "package calc\n\nfunc TestAdd(t *testing.T) {\n\tif Add(2, 3) != 5 {\n\t\tt.Fatal(\"wrong\")\n\t}\n}\n";
    assertThat(edited("calc_test.go", go, "\tif Add", "\tt.Skip()\n\tif Add").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(edited("calc_test.go", go, "package", "//go:build ignore\n\npackage").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(edited("calc_test.go", go, "!= 5", "!= 6").vetoes()).containsExactly(TEST_WEAKENED);
    String rust =
        "fn add() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(add(2, 3), 5);\n    }\n}\n";
    assertThat(edited("src/lib.rs", rust, "#[test]", "#[test]\n    #[ignore]").vetoes())
        .containsExactly(TEST_DISABLED);
    assertThat(edited("src/lib.rs", rust, "5);", "6);").vetoes()).containsExactly(TEST_WEAKENED);
    assertThat(edited("src/lib.rs", rust, "fn add() {}", "fn add() { 1 }").vetoes()).isEmpty();
  }

  @Test
  void deletedTestsAreAVeto() {
    assertThat(Change.none().delete(JAVA, JAVA_TEST).vetoes()).containsExactly(TEST_DELETED);
    assertThat(Change.none().delete(PYTHON, PYTHON_TEST).vetoes()).containsExactly(TEST_DELETED);
    assertThat(python("def test_add(", "def _test_add(").vetoes()).containsExactly(TEST_DELETED);
    assertThat(java("  @Test\n  void addsTwo", "  void addsTwo").vetoes())
        .containsExactly(TEST_DELETED);
    assertThat(node("test('adds'", "const unused = (() => {})('adds'").vetoes())
        .containsExactly(TEST_DELETED);
  }

  @Test
  void anEmptiedTestFileIsAVeto() {
    assertThat(Change.none().edit(PYTHON, PYTHON_TEST, "").vetoes()).containsExactly(TEST_DELETED);
    assertThat(
            Change.none()
                .edit(PYTHON, PYTHON_TEST, "'''\n" + PYTHON_TEST.replace("'''", "") + "'''\n")
                .vetoes())
        .containsExactly(TEST_DELETED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <skipTests>true</skipTests>
          <skip>true</skip>
          <testFailureIgnore>true</testFailureIgnore>
          <excludes><exclude>**/CalculatorTest.java</exclude></excludes>
          <excludedGroups>slow</excludedGroups>
          """)
  void aSurefireThatDropsTestsIsAVeto(String configuration) {
    String plugin =
        "<plugin><artifactId>maven-surefire-plugin</artifactId><configuration>"
            + configuration
            + "</configuration></plugin>";
    assertThat(Change.none().edit("pom.xml", pom("", ""), pom("", plugin)).vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
  }

  @Test
  void aBuildThatDropsTestsIsAVeto() {
    assertThat(
            Change.none()
                .edit(
                    "pom.xml",
                    "<project><properties/></project>",
                    "<project><properties><maven.test.skip>true</maven.test.skip></properties></project>")
                .vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
    assertThat(
            Change.none()
                .edit("pom.xml", pom("", ""), pom("", "").replace("<module>web</module>", ""))
                .vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
    assertThat(Change.none().add(".mvn/maven.config", "-DskipTests\n").vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
    String gradle = "test {\n  useJUnitPlatform()\n}\n";
    for (String line :
        List.of(
            "ignoreFailures = true", "enabled = false", "exclude '**/Slow*'", "onlyIf { false }")) {
      assertThat(
              edited("build.gradle", gradle, "useJUnitPlatform()", "useJUnitPlatform()\n  " + line)
                  .vetoes())
          .describedAs(line)
          .containsExactly(BUILD_DROPS_TESTS);
    }
    for (String script :
        List.of("true", "node --test || true", "echo ok", "node --test test/one.js; exit 0")) {
      assertThat(
              Change.none()
                  .edit(
                      "package.json",
                      "{\"scripts\":{\"test\":\"node --test\"}}",
                      "{\"scripts\":{\"test\":\"" + script + "\"}}")
                  .vetoes())
          .describedAs(script)
          .containsExactly(BUILD_DROPS_TESTS);
    }
    assertThat(
            Change.none()
                .add("pytest.ini", "[pytest]\naddopts = --deselect tests/x.py::t\n")
                .vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
    assertThat(Change.none().add("tests/conftest.py", "collect_ignore = ['test_x.py']\n").vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
    assertThat(
            Change.none()
                .add(
                    "conftest.py", "def pytest_collection_modifyitems(items):\n    items.clear()\n")
                .vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
    assertThat(
            Change.none()
                .edit("Cargo.toml", "[lib]\nname = \"a\"\n", "[lib]\nname = \"a\"\ntest = false\n")
                .vetoes())
        .containsExactly(BUILD_DROPS_TESTS);
  }

  @Test
  void anEarlyExitWithMissingTestsIsAVeto() {
    FindTampering.Symptoms missing = new FindTampering.Symptoms(true, "");
    assertThat(
            Change.none()
                .edit("calc.py", "import os\n", "import os\n\ndef add(a, b):\n    os._exit(0)\n")
                .vetoes(missing))
        .containsExactly(EARLY_EXIT);
    assertThat(
            Change.none()
                .add("src/main/java/app/A.java", "class A { { Runtime.getRuntime().halt(0); } }")
                .vetoes(missing))
        .containsExactly(EARLY_EXIT);
    assertThat(Change.none().add("src/a.js", "process.exit(0);\n").vetoes(missing))
        .containsExactly(EARLY_EXIT);
    assertThat(Change.none().add("src/a.js", "// process.exit(0);\n").vetoes(missing)).isEmpty();
  }

  @Test
  void forgedReportsAreAVeto() {
    assertThat(Change.none().add("target/surefire-reports/TEST-a.xml", "<testsuite/>").vetoes())
        .containsExactly(FORGED_REPORT);
    assertThat(
            Change.none()
                .add("a.py", "")
                .vetoes(new FindTampering.Symptoms(false, "exit status 0 but a test failed")))
        .containsExactly(FORGED_REPORT);
    assertThat(Change.none().add("src/test/resources/TEST-sample.xml", "<testsuite/>").findings())
        .isEmpty();
  }

  @Test
  void replacingTheTestFrameworkIsAVeto() {
    assertThat(
            Change.none()
                .add(
                    "calc.py", "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n")
                .vetoes())
        .containsExactly(TEST_WEAKENED);
    assertThat(
            Change.none()
                .add("calc.py", "case.addTypeEqualityFunc(Any, lambda a, b, msg=None: None)\n")
                .vetoes())
        .containsExactly(TEST_WEAKENED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pom.xml     | <project><build><resources><resource><targetPath>META-INF/services</targetPath></resource></resources></build></project>
          pom.xml     | <project><properties><argLine>-Djunit.jupiter.extensions.autodetection.enabled=true</argLine></properties></project>
          jest.config.js   | module.exports = { testRunner: "./quiet.js" };
          package.json     | {"jest": {"reporters": ["./quiet.js"]}}
          """)
  void aBuildThatPutsItsOwnHandOnTheResultsIsAVeto(String path, String text) {
    assertThat(Change.none().edit(path, path.equals("pom.xml") ? "<project/>" : "", text).vetoes())
        .describedAs(text)
        .containsExactly(BUILD_DROPS_TESTS);
  }

  @Test
  void aServiceOfTheFrameworkUnderAnotherPathIsAVeto() {
    assertThat(
            Change.none()
                .add("src/main/other/org.junit.jupiter.api.extension.Extension", "d.Swallow\n")
                .vetoes())
        .hasSize(1);
    assertThat(Change.none().add("src/a.js", "globalThis.expect = () => ({});\n").vetoes())
        .containsExactly(TEST_WEAKENED);
  }

  /**
   * Attacks and honest changes that look like them; a veto for the first and none for the others.
   */
  @Test
  void variantsAreToldFromHonestChanges() throws IOException {
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    try (InputStream in = FindTamperingTest.class.getResourceAsStream("/attacks/tamper.jsonl")) {
      var lines = new ObjectMapper().readerFor(JsonNode.class).<JsonNode>readValues(in);
      while (lines.hasNext()) {
        JsonNode variant = lines.next();
        Change change = Change.none();
        for (JsonNode file : variant.path("files")) {
          String path = file.path("path").asText();
          String now = file.path("now").asText();
          if (file.path("old").isNull()) {
            change.add(path, now);
          } else {
            change.edit(path, file.path("old").asText(), now);
          }
        }
        seen++;
        if (change.vetoes().isEmpty() == variant.path("veto").asBoolean()) {
          wrong.add(variant.path("name").asText() + ": " + change.findings());
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(70);
  }

  @Test
  void linksAndNestedRepositoriesAreForbidden() {
    FileChange link = Change.change(FileChange.Kind.ADDED, "a", "000000", "120000", 1, 0);
    FileChange repository = Change.change(FileChange.Kind.ADDED, "b", "000000", "160000", 0, 0);
    List<TamperFinding> findings =
        new FindTampering(
                new FileRules(Change::isTest, Change::isBuild),
                path -> Optional.empty(),
                path -> Optional.empty())
            .find(List.of(link, repository), List.of(), FindTampering.Symptoms.NONE);
    assertThat(findings).extracting(TamperFinding::kind).containsOnly(FORBIDDEN_ENTRY);
    assertThat(findings).hasSize(2).allMatch(TamperFinding::veto);
  }

  @Test
  void answeringTestedInputsLiterallyIsAHint() {
    List<TamperFinding> findings =
        Change.none()
            .keep("tests/test_fib.py", "def test_fib():\n    assert fib(10) == 55\n")
            .edit(
                "fib.py",
                "def fib(n):\n    return 0\n",
                "def fib(n):\n    if n == 10:\n        return 55\n    return 0\n")
            .findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().kind()).isEqualTo(SPECIAL_CASED);
    assertThat(findings.getFirst().veto()).isFalse();
  }

  @Test
  void baseCasesOfARecursionAreNoHint() {
    assertThat(
            Change.none()
                .keep(
                    "tests/test_fib.py",
                    "def test_fib():\n    assert fib(1) == 1\n    assert fib(10) == 55\n")
                .edit(
                    "fib.py",
                    "def fib(n):\n    return 0\n",
                    "def fib(n):\n    if n == 1:\n        return 1\n    return fib(n - 1) + fib(n - 2)\n")
                .findings())
        .isEmpty();
  }

  @Test
  void hostileTextEndsInTimeAndWithoutAnException() {
    String hostile = "@Test".repeat(4_000) + "((((\"\"\"'''`/*";
    for (String path :
        List.of(JAVA, PYTHON, NODE, "a_test.go", "src/lib.rs", "pom.xml", "package.json")) {
      Change.none().edit(path, hostile, hostile + "\n{{{").findings();
      Change.none().edit(path, "", "\u0000\uffff" + hostile).findings();
    }
  }
}
