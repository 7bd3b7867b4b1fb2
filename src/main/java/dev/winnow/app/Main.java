package dev.winnow.app;

import dev.winnow.store.PrepareConnection;
import java.util.List;

/** Starts the command line. */
public final class Main {

  /** For the launcher, which then starts the command again with all of the class path. */
  private static final int NEEDS_ALL_LIBRARIES = 75;

  private Main() {}

  public static void main(String[] args) {
    Console console = Console.ofProcess();
    if (List.of(args).equals(List.of("--version"))) {
      // scripts ask this often; the command line parser would double the time it takes
      console.out().println(Version.line());
      console.flush();
      return; // not System.exit, which looks for a logger in every jar
    }
    PrepareConnection.start();
    Interrupts interrupts = new Interrupts();
    int exitCode;
    try {
      exitCode = new CommandLineRunner(console, interrupts).run(args);
    } catch (NoClassDefFoundError e) {
      if (System.getProperty("winnow.quick") == null) {
        throw e;
      }
      exitCode = NEEDS_ALL_LIBRARIES;
    }
    console.flush();
    interrupts.finished();
    if (interrupts.interrupted()) {
      // waits for the shutdown that is under way, which ends with 128 + signal
      System.exit(exitCode);
    }
    // nothing needs a hook any more, and exit would look for a logger in every jar
    Leave.with(exitCode);
  }
}
