package dev.winnow.evidence;

import static dev.winnow.evidence.TamperFinding.Kind.BUILD_DROPS_TESTS;
import static dev.winnow.evidence.TamperFinding.Kind.EARLY_EXIT;
import static dev.winnow.evidence.TamperFinding.Kind.FORBIDDEN_ENTRY;
import static dev.winnow.evidence.TamperFinding.Kind.FORGED_REPORT;
import static dev.winnow.evidence.TamperFinding.Kind.SPECIAL_CASED;
import static dev.winnow.evidence.TamperFinding.Kind.TEST_DELETED;
import static dev.winnow.evidence.TamperFinding.Kind.TEST_DISABLED;
import static dev.winnow.evidence.TamperFinding.Kind.TEST_WEAKENED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.workspace.FileChange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindTamperingTest {

  private static final String JAVA = "src/test/java/app/CalculatorTest.java";
  private static final String JAVA_TEST =
      """
      package app;

      import static org.junit.jupiter.api.Assertions.assertEquals;
      import static org.junit.jupiter.api.Assertions.assertThrows;

      import org.junit.jupiter.api.Test;

      class CalculatorTest {
        private final Calculator calculator = new Calculator();

        @Test
        void addsTwoNumbers() {
          int sum = calculator.add(2, 3);
          assertEquals(5, sum);
          assertEquals(-1, calculator.add(1, -2));
        }

        // dividing by zero is refused
        @Test
        void refusesToDivideByZero() {
          assertThrows(ArithmeticException.class, () -> calculator.divide(1, 0));
        }

        @ParameterizedTest
        @CsvSource({
          "1, 2, 3",
          "10, 20, 30",
        })
        void addsRows(int a, int b, int sum) {
          assertEquals(sum, calculator.add(a, b));
        }
      }
      """;

  private static final String PYTHON = "tests/test_calc.py";
  private static final String PYTHON_TEST =
      """
      import unittest

      import calc


      class CalcTest(unittest.TestCase):
          def test_add(self):
              total = calc.add(2, 3)
              self.assertEqual(total, 5)

          def test_divide(self):
              with self.assertRaises(ZeroDivisionError):
                  calc.divide(1, 0)

          def test_names(self):
              for name, expected in [
                  ("ada", "Ada"),
                  ("grace", "Grace"),
              ]:
                  self.assertEqual(calc.title(name), expected)


      if __name__ == "__main__":
          unittest.main()
      """;

  private static final String NODE = "test/calc.test.js";
  private static final String NODE_TEST =
      """
      import test from 'node:test';
      import assert from 'node:assert/strict';
      import { add, divide } from '../src/calc.js';

      test('adds', () => {
        assert.equal(add(2, 3), 5);
      });

      test('refuses zero', () => {
        assert.throws(() => divide(1, 0), /zero/);
      });
      """;

  private static Change java(String find, String replace) {
    return edited(JAVA, JAVA_TEST, find, replace);
  }

  private static Change python(String find, String replace) {
    return edited(PYTHON, PYTHON_TEST, find, replace);
  }

  private static Change node(String find, String replace) {
    return edited(NODE, NODE_TEST, find, replace);
  }

  private static Change edited(String path, String text, String find, String replace) {
    assertThat(text).contains(find);
    return Change.none().edit(path, text, text.replace(find, replace));
  }

  // ---- honest changes

  @Test
  void addingTestsToAnExistingFileIsFine() {
    String javaTest =
        """
        @Test
        @EnabledOnOs(OS.LINUX)
        void multiplies() {
          if (calculator == null) {
            return;
          }
          assertEquals(6, calculator.multiply(2, 3));
        }

        @Test
        void addsTwoNumbers() {\
        """;
    assertThat(java("  @Test\n  void addsTwoNumbers() {", javaTest).findings()).isEmpty();
    String pythonTest =
        """
        @unittest.skipIf(sys.platform == "win32", "posix only")
        def test_sub(self):
            self.assertEqual(calc.sub(5, 3), 2)

        def test_divide(self):\
        """;
    assertThat(python("    def test_divide(self):", pythonTest).findings()).isEmpty();
    assertThat(
            node(
                    "test('refuses zero'",
                    "test('multiplies', { skip: process.platform === 'win32' }, () => {\n  assert.equal(mul(2, 3), 6);\n});\n\ntest('refuses zero'")
                .findings())
        .isEmpty();
  }

  @Test
  void addingAssertionsAndRowsIsFine() {
    assertThat(
            java(
                    "assertEquals(5, sum);",
                    "assertEquals(5, sum);\n    assertEquals(0, calculator.add(0, 0));")
                .findings())
        .isEmpty();
    assertThat(java("\"10, 20, 30\",", "\"10, 20, 30\",\n    \"7, 8, 15\",").findings()).isEmpty();
    assertThat(
            python("(\"grace\", \"Grace\"),", "(\"grace\", \"Grace\"),\n            (\"\", \"\"),")
                .findings())
        .isEmpty();
  }

  @Test
  void reformattingImportsAndCommentsAreFine() {
    assertThat(
            java(
                    "assertEquals(-1, calculator.add(1, -2));",
                    "// wrapped\n    assertEquals(\n        -1,\n        calculator.add(1, -2));")
                .findings())
        .isEmpty();
    assertThat(java("  // dividing by zero is refused\n", "").findings()).isEmpty();
    assertThat(python("import unittest\n", "import sys\nimport unittest\n").findings()).isEmpty();
    assertThat(
            node("assert.equal(add(2, 3), 5);", "assert.equal(\n    add(2, 3),\n    5\n  );")
                .vetoes())
        .isEmpty();
  }

  @Test
  void movingOrRenamingTestsIsNoVeto() {
    assertThat(java("void addsTwoNumbers()", "void addsNumbers()").vetoes()).isEmpty();
    assertThat(python("def test_add(", "def test_adds_two(").vetoes()).isEmpty();
    assertThat(node("'adds'", "'adds two numbers'").vetoes()).isEmpty();
    assertThat(
            Change.none()
                .delete(JAVA, JAVA_TEST)
                .add("src/test/java/app/math/CalculatorTest.java", JAVA_TEST)
                .vetoes())
        .isEmpty();
  }

  @Test
  void renamingAVariableOfATestIsOnlyAHint() {
    Change renamed =
        edited(
            JAVA,
            JAVA_TEST,
            "sum = calculator.add(2, 3);\n    assertEquals(5, sum)",
            "total = calculator.add(2, 3);\n    assertEquals(5, total)");
    assertThat(renamed.vetoes()).isEmpty();
    assertThat(renamed.findings()).extracting(TamperFinding::kind).containsOnly(TEST_WEAKENED);
  }

  @Test
  void anotherAssertionLibraryWithTheSameValuesIsOnlyAHint() {
    assertThat(java("assertEquals(5, sum);", "assertThat(sum).isEqualTo(5);").vetoes()).isEmpty();
    assertThat(python("self.assertEqual(total, 5)", "assert total == 5").vetoes()).isEmpty();
  }

  @Test
  void ordinaryCodeAndNewTestFilesAreFine() {
    assertThat(
            Change.none()
                .keep(PYTHON, PYTHON_TEST)
                .edit(
                    "calc.py",
                    "def add(a, b):\n    return a - b\n",
                    "def add(a, b):\n    return a + b\n\n\ndef title(name):\n    return name[:1].upper() + name[1:]\n")
                .add("tests/test_more.py", PYTHON_TEST.replace("CalcTest", "MoreTest"))
                .findings())
        .isEmpty();
    assertThat(
            Change.none()
                .keep(JAVA, JAVA_TEST)
                .edit(
                    "src/main/java/app/Calculator.java",
                    "class Calculator { int add(int a, int b) { return a; } }",
                    "class Calculator {\n  int add(int a, int b) {\n    if (b == 0) {\n      return a;\n    }\n    return a + b;\n  }\n}")
                .findings())
        .isEmpty();
  }

  @Test
  void deletingProductionCodeIsFine() {
    assertThat(Change.none().delete("src/main/java/app/Old.java", "class Old {}").findings())
        .isEmpty();
  }

  @Test
  void honestBuildChangesAreFine() {
    String pom = pom("", "");
    assertThat(
            Change.none()
                .edit(
                    "pom.xml",
                    pom,
                    pom(
                        "<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version><exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency>",
                        "<plugin><artifactId>maven-jar-plugin</artifactId><configuration><excludes><exclude>**/x</exclude></excludes><skip>false</skip></configuration></plugin>"))
                .edit(
                    "package.json",
                    "{\"scripts\":{\"test\":\"node --test\"}}",
                    "{\"scripts\":{\"test\":\"node --test --experimental-test-coverage\",\"lint\":\"eslint . || true\"},\"dependencies\":{\"x\":\"1\"}}")
                .edit(
                    "pyproject.toml",
                    "[tool.ruff]\nline-length = 100\n\n[tool.pytest.ini_options]\naddopts = \"-q\"\n",
                    "[tool.ruff]\nline-length = 100\nexclude = [\"build\"]\n\n[tool.pytest.ini_options]\naddopts = \"-q\"\n")
                .edit(
                    "build.gradle",
                    "dependencies {\n}\ntest {\n  useJUnitPlatform()\n}\n",
                    "dependencies {\n  implementation('a:b:1') { exclude group: 'c' }\n}\ntest {\n  useJUnitPlatform()\n  testLogging { events 'failed' }\n}\n")
                .edit(
                    "Cargo.toml",
                    "[package]\nname = \"a\"\n",
                    "[package]\nname = \"a\"\n\n[[bench]]\nname = \"b\"\nharness = false\n")
                .add(
                    "tests/conftest.py",
                    "import pytest\n\n\n@pytest.fixture\ndef app():\n    return 1\n")
                .findings())
        .isEmpty();
  }

  private static String pom(String dependency, String plugin) {
    return "<project><modules><module>core</module><module>web</module></modules><dependencies>"
        + dependency
        + "</dependencies><build><plugins>"
        + plugin
        + "</plugins></build></project>";
  }

  @Test
  void aProgramThatEndsItselfIsOnlyAHint() {
    Change main =
        Change.none()
            .add(
                "src/main/java/app/Main.java",
                "class Main {\n  static void main(String[] args) {\n    System.exit(new Main().run(args));\n  }\n}\n");
    assertThat(main.vetoes()).isEmpty();
    assertThat(main.findings()).extracting(TamperFinding::kind).containsExactly(EARLY_EXIT);
    assertThat(
            Change.none()
                .add("cli.py", "import sys\n\nif __name__ == \"__main__\":\n    sys.exit(main())\n")
                .findings())
        .isEmpty();
  }

  // ---- cheating

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
