package dev.winnow.app;

import java.util.List;

/** Starts the command line. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    Console console = Console.ofProcess();
    if (List.of(args).equals(List.of("--version"))) {
      // scripts ask this often; the command line parser would double the time it takes
      console.out().println(Version.line());
      console.flush();
      return; // not System.exit, which looks for a logger in every jar
    }
    Interrupts interrupts = new Interrupts();
    int exitCode = new CommandLineRunner(console, interrupts).run(args);
    console.flush();
    interrupts.finished();
    System.exit(exitCode);
  }
}
