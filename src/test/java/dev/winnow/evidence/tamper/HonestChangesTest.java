package dev.winnow.evidence.tamper;

import static dev.winnow.evidence.tamper.TamperFinding.Kind.EARLY_EXIT;
import static dev.winnow.evidence.tamper.TamperFinding.Kind.TEST_WEAKENED;
import static dev.winnow.evidence.tamper.TamperSamples.JAVA;
import static dev.winnow.evidence.tamper.TamperSamples.JAVA_TEST;
import static dev.winnow.evidence.tamper.TamperSamples.PYTHON;
import static dev.winnow.evidence.tamper.TamperSamples.PYTHON_TEST;
import static dev.winnow.evidence.tamper.TamperSamples.edited;
import static dev.winnow.evidence.tamper.TamperSamples.java;
import static dev.winnow.evidence.tamper.TamperSamples.node;
import static dev.winnow.evidence.tamper.TamperSamples.pom;
import static dev.winnow.evidence.tamper.TamperSamples.python;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What must never be taken for tampering. */
class HonestChangesTest {

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
}
