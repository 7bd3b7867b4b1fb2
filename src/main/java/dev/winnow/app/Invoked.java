package dev.winnow.app;

import java.util.List;

/** How the user started this program, so that commands in its texts can be copied. */
final class Invoked {

  private static final String NAME = "winnow";

  private Invoked() {}

  /** {@code ./winnow} when the launcher was called so; {@code winnow} when it is on the PATH. */
  static String as() {
    return as(System.getProperty("winnow.command", NAME), System.getenv().getOrDefault("PATH", ""));
  }

  static String as(String command, String path) {
    int slash = command.lastIndexOf('/');
    boolean onPath =
        slash > 0
            && command.substring(slash + 1).equals(NAME)
            && List.of(path.split(":", -1)).contains(command.substring(0, slash));
    return onPath || command.isBlank() ? NAME : Shell.quote(command);
  }
}
