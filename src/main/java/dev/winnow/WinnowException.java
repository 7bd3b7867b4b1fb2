package dev.winnow;

import org.jspecify.annotations.Nullable;

/**
 * An error that a user can act on: one clear line that says what is wrong and what to do. Its
 * category decides the exit code of the command line and the status of an HTTP response.
 */
public final class WinnowException extends RuntimeException {

  /** Whose turn it is to act. */
  public enum Category {
    /** The command or its input is wrong. */
    USAGE(2),
    /** A setting is missing or wrong. */
    SETTINGS(2),
    /** An agent or its provider failed for good. */
    AGENT(5),
    /** The sandbox cannot be set up, or broke. */
    SANDBOX(5),
    /** A limit of money or time was reached. */
    BUDGET(3),
    /** The machine, the database, git or the network failed. */
    INFRASTRUCTURE(5);

    private final int exitCode;

    Category(int exitCode) {
      this.exitCode = exitCode;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  private final Category category;

  public WinnowException(Category category, String message) {
    this(category, message, null);
  }

  public WinnowException(Category category, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  public Category category() {
    return category;
  }

  public static WinnowException usage(String message) {
    return new WinnowException(Category.USAGE, message);
  }

  public static WinnowException infrastructure(String message, @Nullable Throwable cause) {
    return new WinnowException(Category.INFRASTRUCTURE, message, cause);
  }
}
