package dev.winnow.telemetry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes what a level lets through as one line to stderr. */
final class LineLogger extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1;

  LineLogger(String name) {
    this.name = name;
  }

  @Override
  public boolean isTraceEnabled() {
    return Logs.lets(name, Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return Logs.lets(name, Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return Logs.lets(name, Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return Logs.lets(name, Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return Logs.lets(name, Level.ERROR);
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
