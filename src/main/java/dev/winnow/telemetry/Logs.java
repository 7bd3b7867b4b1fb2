package dev.winnow.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** How much is logged, and how a line looks: for a person at a terminal, as JSON elsewhere. */
public final class Logs {

  /** Others are as loud as {@link Level#WARN} at most. */
  private static final String OWN = "dev.winnow";

  /** null: never. A lost database is told once, by Winnow. */
  private static final Map<String, Optional<Level>> OTHERS =
      Map.of(
          "org.flywaydb", Optional.of(Level.ERROR),
          "com.github.kagkarlsson", Optional.empty());

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final JsonFactory JSON = new JsonFactory();
  private static final int LONGEST = 16 * 1024;

  private static volatile @Nullable Level chosen;
  private static volatile Level usual = Level.WARN;
  private static volatile int version = 1;
  private static volatile boolean json = !System.getProperty("winnow.tty", "").contains("err");

  private Logs() {}

  /** The names of levels, for a message: error, warn, info, debug, trace. */
  public static String levels() {
    return Arrays.stream(Level.values()).map(Logs::label).collect(Collectors.joining(", "));
  }

  /** The level of this name. */
  public static Optional<Level> level(String name) {
    return Arrays.stream(Level.values()).filter(l -> label(l).equalsIgnoreCase(name)).findFirst();
  }

  /** What the operator wants to be told. */
  public static void choose(Level level) {
    chosen = level;
    changed();
  }

  /** What this command tells unless the operator chose. */
  public static void usual(Level level) {
    usual = level;
    changed();
  }

  private static synchronized void changed() {
    version++;
  }

  /** Lines of JSON, whatever stderr is; or lines for people. */
  public static void asJson(boolean wanted) {
    json = wanted;
  }

  /** Goes up when it was changed what is let through. */
  static int version() {
    return version;
  }

  static boolean lets(String logger, Level level) {
    Level own = chosen;
    Level wanted = own == null ? usual : own;
    if (!logger.startsWith(OWN)) {
      for (Map.Entry<String, Optional<Level>> other : OTHERS.entrySet()) {
        if (logger.startsWith(other.getKey())) {
          return other.getValue().isPresent() && level.toInt() >= other.getValue().get().toInt();
        }
      }
      boolean askedFor = wanted.toInt() <= Level.DEBUG.toInt();
      wanted = askedFor || wanted.toInt() > Level.WARN.toInt() ? wanted : Level.WARN;
    }
    return level.toInt() >= wanted.toInt();
  }

  static void write(Level level, String logger, String message, @Nullable Throwable failure) {
    String line =
        json ? json(level, logger, message, failure) : human(level, logger, message, failure);
    System.err.println(line);
  }

  static String human(Level level, String logger, String message, @Nullable Throwable failure) {
    StringBuilder line = new StringBuilder();
    line.append(TIME.format(Instant.now().atZone(ZoneId.systemDefault())))
        .append(' ')
        .append(level.name())
        .append(' ')
        .append(logger.substring(logger.lastIndexOf('.') + 1))
        .append(": ")
        .append(visible(clean(message)));
    Current current = Current.get();
    if (current != null && !current.run().isEmpty()) {
      line.append(" [run ").append(current.run());
      if (!current.candidate().isEmpty()) {
        line.append(' ').append(current.candidate());
      }
      line.append(']');
    }
    if (failure != null) {
      line.append('\n').append(clean(stack(failure)).stripTrailing());
    }
    return line.toString();
  }

  static String json(Level level, String logger, String message, @Nullable Throwable failure) {
    StringWriter line = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(line)) {
      out.writeStartObject();
      out.writeStringField("time", Instant.now().toString());
      out.writeStringField("level", label(level));
      out.writeStringField("logger", logger);
      out.writeStringField("message", clean(message));
      Current current = Current.get();
      if (current != null) {
        field(out, "run", current.run());
        field(out, "candidate", current.candidate());
      }
      Optional<TraceContext> trace = current == null ? Optional.empty() : Span.current();
      if (trace.isPresent()) {
        field(out, "trace_id", trace.get().traceId());
        field(out, "span_id", trace.get().spanId());
      }
      if (failure != null) {
        field(out, "error", failure.getClass().getName());
        field(out, "stack", clean(stack(failure)));
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }

  private static void field(JsonGenerator out, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      out.writeStringField(name, value);
    }
  }

  private static String clean(String text) {
    return text.length() > LONGEST
        ? Redact.beforeCut(text.substring(0, LONGEST)) + "…"
        : Redact.text(text);
  }

  /** A line stays one line, and drives no terminal. */
  private static String visible(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static String label(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
