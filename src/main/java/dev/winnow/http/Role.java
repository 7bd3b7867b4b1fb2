package dev.winnow.http;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.winnow.WinnowException;
import java.util.Locale;

/** What somebody may do; each role may do what those before it may. */
public enum Role {
  /** Look at what is theirs. */
  VIEWER,
  /** Start work, and decide about it. */
  RUNNER,
  /** See everybody's, accounts and settings; name agents and repositories freely. */
  ADMIN;

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean atLeast(Role wanted) {
    return compareTo(wanted) >= 0;
  }

  Role atMost(Role other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /**
   * @throws WinnowException of category USAGE for another word
   */
  public static Role of(String label) {
    for (Role role : values()) {
      if (role.label().equals(label)) {
        return role;
      }
    }
    throw WinnowException.usage("A role is viewer, runner or admin.");
  }
}
