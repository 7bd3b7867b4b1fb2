package dev.winnow.app;

import dev.winnow.app.Doctor.Check;
import dev.winnow.app.Doctor.State;

/** The checks that need the sandbox and the store. */
final class CheckMachine {

  private CheckMachine() {}

  /** Which tier works here, proved by trying, and why not a better one. */
  static Check sandbox(Settings settings) {
    return new Check("sandbox", State.MISSING, "not connected yet: " + settings.sandbox(), "");
  }

  /** Embedded, attached or external; never with the password. */
  static Check database(Settings settings) {
    return new Check(
        "database",
        State.MISSING,
        "not connected yet: " + (settings.databaseUrl() == null ? "embedded" : "external"),
        "");
  }
}
