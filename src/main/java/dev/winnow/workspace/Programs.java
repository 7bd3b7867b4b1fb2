package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Absolute paths of the programs that Winnow trusts, looked up once. */
final class Programs {

  private static final Optional<Path> GIT = find("git");
  private static final Optional<Path> SETPRIV = find("setpriv");
  private static final Optional<Path> SETSID = find("setsid");

  private Programs() {}

  static Path git() {
    return GIT.orElseThrow(() ->
        WinnowException.infrastructure(
            "git was not found on the PATH; install it (apt-get install git)", null));
  }

  /** Runs a program as another user. */
  static Optional<Path> setpriv() {
    return SETPRIV;
  }

  /**
   * Argv prefix that takes a program out of the terminal's process group. Ctrl-C goes to the whole
   * group: without this, git and test commands would die beside Winnow, which would take it for
   * their failure.
   */
  static List<String> awayFromTheTerminal() {
    return SETSID.map(program -> List.of(program.toString())).orElse(List.of());
  }

  private static Optional<Path> find(String name) {
    String path = System.getenv("PATH");
    for (String entry : (path == null ? "" : path + ":/usr/bin:/bin").split(":", -1)) {
      // a relative entry would be searched in whatever directory Winnow was started
      if (entry.startsWith("/")) {
        Path program = Path.of(entry, name);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return Optional.of(program);
        }
      }
    }
    return Optional.empty();
  }
}
