package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.telemetry.Redact;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Turns whatever ended a command into one line for people, one for machines and an exit code. */
final class ReportFailure {

  /** What a shell reports for a program that Ctrl-C ended. */
  static final int INTERRUPTED = 130;

  private static final int LINE = 2_000;

  private final Console console;
  private final boolean debug;

  ReportFailure(Console console, boolean debug) {
    this.console = console;
    this.debug = debug;
  }

  /** Reports and returns the exit code. */
  int report(Throwable failure, boolean json) {
    return switch (failure) {
      case WinnowException e ->
          tell(
              e.category().name().toLowerCase(Locale.ROOT),
              String.valueOf(e.getMessage()),
              e.category().exitCode(),
              e,
              json);
      case Cancellation.Cancelled e -> tell("cancelled", "cancelled", INTERRUPTED, e, json);
      case OutOfMemoryError e ->
          tell("infrastructure", "out of memory: give Java more with -Xmx", 5, e, json);
      default ->
          tell(
              "internal",
              "internal error: %s; details in %s"
                  .formatted(SafeText.line(failure.toString(), 200), log(failure)),
              5,
              failure,
              json);
    };
  }

  /** A wrong command line; the hint names the command whose help would say more. */
  int usage(String message, String command, boolean json) {
    int code = tell("usage", message, WinnowException.Category.USAGE.exitCode(), null, json);
    console.err().println("Try: " + command + " --help");
    return code;
  }

  private int tell(
      String category,
      String message,
      int exitCode,
      @org.jspecify.annotations.Nullable Throwable failure,
      boolean json) {
    // settings report all errors at once, so line breaks stay
    String text = String.join("\n", message.lines().limit(50).map(l -> indented(l)).toList());
    console.err().println("winnow: " + text);
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "error");
      line.put("category", category);
      line.put("message", text);
      line.put("exitCode", exitCode);
      console.out().println(Json.write(line));
    }
    if (debug && failure != null) {
      failure.printStackTrace(console.err());
    }
    return exitCode;
  }

  private static String indented(String line) {
    String indent = line.startsWith("  ") ? "  " : "";
    return indent + SafeText.line(Redact.text(line), LINE);
  }

  /** Writes the stack trace away from the user's eyes; the path, or where else to look. */
  private static String log(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    String text =
        "%s %s java %s\n%s"
            .formatted(
                Instant.now(), Version.line(), Runtime.version(), Redact.text(trace.toString()));
    try {
      Path file = Files.createTempFile("winnow-error-", ".log");
      Files.writeString(file, text, StandardCharsets.UTF_8);
      return file.toString();
    } catch (IOException e) {
      return "WINNOW_DEBUG=1 (no log file could be written)";
    }
  }
}
