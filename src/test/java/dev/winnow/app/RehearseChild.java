package dev.winnow.app;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/** A command that ends the JVM's own way, which is when an archive of its classes is written. */
final class RehearseChild {

  private RehearseChild() {}

  public static void main(String[] args) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Console console =
        new Console(InputStream.nullInputStream(), nowhere, nowhere, false, false, false);
    Interrupts interrupts = new Interrupts();
    int exitCode = new CommandLineRunner(console, interrupts).run(args);
    interrupts.finished();
    System.exit(exitCode);
  }
}
