package dev.winnow.workspace;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/**
 * A small shell that outlives Winnow by a moment: when Winnow ends, however it ends, its pipe
 * breaks and the shell kills the marked processes and deletes the private directories. Needed where
 * there is no process namespace that dies with Winnow.
 */
final class WatchWinnow {

  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      read -r _
      tries=0
      while [ $tries -lt 100 ]; do
        found=$(grep -ls "^Max realtime timeout *$1 " /proc/[0-9]*/limits)
        [ -n "$found" ] || break
        for limits in $found; do
          pid=${limits#/proc/}
          kill -9 "${pid%/limits}" 2>/dev/null
        done
        tries=$((tries + 1))
      done
      rm -rf -- "$2" || { chmod -R u+rwX -- "$2"; rm -rf -- "$2"; }
      """;

  private WatchWinnow() {}

  /** Starts it; the returned process must be kept, so that its pipe stays open. */
  static Process start(Path privateDirectories) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              "/bin/sh",
              "-c",
              SCRIPT,
              "winnow-watch",
              Long.toString(Marker.OWN),
              privateDirectories.toString());
      builder.environment().clear();
      builder.environment().put("PATH", FindTool.PATH);
      return builder
          .directory(new java.io.File("/"))
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new dev.winnow.WinnowException(
          dev.winnow.WinnowException.Category.SANDBOX, "cannot start /bin/sh", e);
    }
  }
}
