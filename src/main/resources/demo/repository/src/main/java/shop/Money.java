package shop;

/** An amount in cents. */
public record Money(long cents) {

  public static final Money ZERO = new Money(0);

  public Money plus(Money other) {
    return new Money(Math.addExact(cents, other.cents));
  }

  public Money times(int quantity) {
    return new Money(Math.multiplyExact(cents, quantity));
  }

  @Override
  public String toString() {
    return "%d.%02d".formatted(cents / 100, cents % 100);
  }
}
