package shop;

/** Something that the shop sells. */
public record Article(String name, Money price) {

  public Article {
    if (price.cents() < 0) {
      throw new IllegalArgumentException("a price is not negative: " + price);
    }
  }
}
