package dev.winnow.telemetry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes what a level lets through as one line to stderr. */
final class LineLogger extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1;

  /** What was found out, for one version of what is let through. */
  private record Known(int version, int least) {}

  private transient volatile @Nullable Known known;

  LineLogger(String name) {
    this.name = name;
  }

  /** Asked dozens of times for each request, mostly by libraries that would tell how they do. */
  private boolean lets(Level level) {
    Known found = known;
    if (found == null || found.version() != Logs.version()) {
      found = new Known(Logs.version(), least());
      known = found;
    }
    return level.toInt() >= found.least();
  }

  private int least() {
    int least = Integer.MAX_VALUE;
    for (Level level : Level.values()) {
      if (Logs.lets(name, level)) {
        least = Math.min(least, level.toInt());
      }
    }
    return least;
  }

  @Override
  public boolean isTraceEnabled() {
    return lets(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return lets(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return lets(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return lets(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return lets(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway") // SLF4J has no annotations: all three may be null
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      @Nullable String message,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    String text = MessageFormatter.basicArrayFormat(message, arguments);
    Logs.write(level, name, String.valueOf(text), failure);
  }
}
