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
    TAMPER("tamper", "tampering"),
    NOT_RED("not-red", "its tests were never red"),
    REGRESSION("regression", "breaks existing tests"),
    BUILD("build", "does not build or run"),
    TIMEOUT("timeout", "does not end"),
    OWN_TESTS_FAILED("own-tests-failed", "its own tests fail"),
    FLAKY("flaky", "tests are flaky on its code"),
    AGENT_FAILED("agent-failed", "the agent failed");

    private final String label;
    private final String words;

    VetoClass(String label, String words) {
      this.label = label;
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }

    @JsonValue
    public String label() {
      return label;
    }
  }
}
