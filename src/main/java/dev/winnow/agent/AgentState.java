package dev.winnow.agent;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/**
 * Whether an agent could be asked.
 *
 * @param detail one line for people: what is missing and what to do; empty when ready
 */
public record AgentState(Status status, String detail) {

  /** What is in the way. */
  public enum Status {
    READY,
    MISSING_KEY,
    CLI_NOT_FOUND,
    /** The program is there, and too old, or another one. */
    CLI_UNUSABLE,
    NOT_LOGGED_IN,
    SCRIPT_UNREADABLE,
    /** This build cannot run this kind. */
    UNSUPPORTED;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public static final AgentState READY = new AgentState(Status.READY, "");

  /** Ready, or which variables have no value. */
  public static AgentState ofKeys(List<String> missing) {
    return missing.isEmpty()
        ? READY
        : new AgentState(
            Status.MISSING_KEY,
            "set %s in the environment or .env".formatted(String.join(" and ", missing)));
  }

  public boolean ready() {
    return status == Status.READY;
  }
}
