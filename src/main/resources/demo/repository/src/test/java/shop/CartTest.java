package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CartTest {

  private final Article pen = new Article("pen", new Money(199));
  private final Article book = new Article("book", new Money(2450));
  private final Cart cart = new Cart();

  @Test
  void isFreeWhenItIsEmpty() {
    assertEquals(Money.ZERO, cart.total());
  }

  @Test
  void costsWhatTheArticleCosts() {
    cart.add(book, 1);
    assertEquals(new Money(2450), cart.total());
  }

  @Test
  void addsUpDifferentArticles() {
    cart.add(pen, 3);
    cart.add(book, 2);
    assertEquals(new Money(5497), cart.total());
  }

  @Test
  void addsPiecesOfTheSameArticle() {
    cart.add(pen, 2);
    cart.add(pen, 4);
    assertEquals(6, cart.quantityOf(pen));
  }

  @Test
  void knowsNoPiecesOfOtherArticles() {
    cart.add(pen, 1);
    assertEquals(0, cart.quantityOf(book));
  }

  @Test
  void refusesLessThanOnePiece() {
    assertThrows(IllegalArgumentException.class, () -> cart.add(pen, 0));
  }
}
