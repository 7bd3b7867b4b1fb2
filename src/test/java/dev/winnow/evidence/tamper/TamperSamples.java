package dev.winnow.evidence.tamper;

import static org.assertj.core.api.Assertions.assertThat;

/** Existing tests in three languages, and edits of them. */
final class TamperSamples {

  private TamperSamples() {}

  static final String JAVA = "src/test/java/app/CalculatorTest.java";
  static final String JAVA_TEST =
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

  static final String PYTHON = "tests/test_calc.py";
  static final String PYTHON_TEST =
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

  static final String NODE = "test/calc.test.js";
  static final String NODE_TEST =
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

  static Change java(String find, String replace) {
    return edited(JAVA, JAVA_TEST, find, replace);
  }

  static Change python(String find, String replace) {
    return edited(PYTHON, PYTHON_TEST, find, replace);
  }

  static Change node(String find, String replace) {
    return edited(NODE, NODE_TEST, find, replace);
  }

  static Change edited(String path, String text, String find, String replace) {
    assertThat(text).contains(find);
    return Change.none().edit(path, text, text.replace(find, replace));
  }

  static String pom(String dependency, String plugin) {
    return "<project><modules><module>core</module><module>web</module></modules><dependencies>"
        + dependency
        + "</dependencies><build><plugins>"
        + plugin
        + "</plugins></build></project>";
  }
}
