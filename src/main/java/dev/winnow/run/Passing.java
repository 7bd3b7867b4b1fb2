package dev.winnow.run;

import java.io.IOException;
import java.util.Locale;

/** Tells failures of the machine that may pass by themselves from those that stay. */
final class Passing {

  private Passing() {}

  static boolean mayPass(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (said.contains("no space left")
          || said.contains("disk quota")
          || said.contains("file too large")
          || said.contains("the disk is full")
          || said.startsWith("the git remote for snapshots (")
          || said.contains("could not write into winnow's data directory")
          || said.contains("disk of the database is full")
          || said.contains("database cannot be reached")
          || said.contains("connection to the database was lost")
          || (cause instanceof IOException && said.contains("too many open files"))) {
        return true;
      }
    }
    return false;
  }
}
