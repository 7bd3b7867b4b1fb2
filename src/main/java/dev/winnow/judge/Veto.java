package dev.winnow.judge;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Why a candidate cannot win, whatever its tests say.
 *
 * @param reason one line for people
 */
public record Veto(@JsonProperty("class") VetoClass vetoClass, String reason) {

  /** The closed list of reasons; their names are part of the command line's contract. */
  public enum VetoClass {
    TAMPER("tamper"),
    NOT_RED("not-red"),
    REGRESSION("regression"),
    BUILD("build"),
    TIMEOUT("timeout"),
    OWN_TESTS_FAILED("own-tests-failed"),
    FLAKY("flaky"),
    AGENT_FAILED("agent-failed");

    private final String label;

    VetoClass(String label) {
      this.label = label;
    }

    @JsonValue
    public String label() {
      return label;
    }
  }
}
