package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MoneyTest {

  @Test
  void addsAmounts() {
    assertEquals(new Money(350), new Money(100).plus(new Money(250)));
  }

  @Test
  void multipliesByAQuantity() {
    assertEquals(new Money(1200), new Money(100).times(12));
  }

  @Test
  void showsCentsWithTwoDigits() {
    assertEquals("12.05", new Money(1205).toString());
  }

  @Test
  void refusesAmountsThatAreTooLarge() {
    assertThrows(ArithmeticException.class, () -> new Money(Long.MAX_VALUE).plus(new Money(1)));
  }
}
