package dev.winnow.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How complex the request looks, and why.
 *
 * @param confidence 0 to 1
 * @param signals what spoke for it, the strongest first
 * @param repository what was seen of the repository; null when none was named
 */
public record Assessment(
    Complexity complexity,
    double confidence,
    List<Signal> signals,
    @Nullable RepositorySummary repository) {

  public Assessment {
    signals = List.copyOf(signals);
  }

  /**
   * One thing that was noticed.
   *
   * @param weight above 0 for more work, below for less
   */
  public record Signal(String name, String detail, double weight) {}
}
