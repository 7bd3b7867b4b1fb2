package shop;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a customer wants to buy. */
public final class Cart {

  private final Map<Article, Integer> quantities = new LinkedHashMap<>();

  /** Adds pieces of an article to those that are already there. */
  public void add(Article article, int quantity) {
    if (quantity < 1) {
      throw new IllegalArgumentException("at least one piece, not " + quantity);
    }
    quantities.merge(article, quantity, Math::addExact);
  }

  public int quantityOf(Article article) {
    return quantities.getOrDefault(article, 0);
  }

  /** The price of everything in the cart. */
  public Money total() {
    Money total = Money.ZERO;
    for (Map.Entry<Article, Integer> line : quantities.entrySet()) {
      total = total.plus(line.getKey().price().times(line.getValue()));
    }
    return total;
  }
}
