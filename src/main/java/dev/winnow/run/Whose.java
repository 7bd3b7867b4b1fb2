package dev.winnow.run;

import java.util.Optional;

/**
 * Whose runs somebody sees. Every look at runs for a person goes through one of these, and into the
 * SQL: what is not theirs does not exist for them.
 *
 * @param submitter the name that submitted them; empty for everybody's
 */
public record Whose(Optional<String> submitter) {

  public static final Whose EVERYBODYS = new Whose(Optional.empty());

  public static Whose of(String submitter) {
    return new Whose(Optional.of(submitter));
  }

  /** For {@code (? or run.submitter = ?)}. */
  boolean all() {
    return submitter.isEmpty();
  }

  String name() {
    return submitter.orElse("");
  }
}
