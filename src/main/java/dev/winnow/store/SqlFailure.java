package dev.winnow.store;

import java.sql.SQLException;

/** A statement that the database refused: a violated constraint, or an error of ours. */
public final class SqlFailure extends RuntimeException {

  private final String state;

  SqlFailure(SQLException cause) {
    super(cause.getMessage(), cause);
    this.state = String.valueOf(cause.getSQLState());
  }

  /** The five-character SQLSTATE. */
  public String state() {
    return state;
  }

  public boolean isUniqueViolation() {
    return state.equals("23505");
  }

  boolean isConnectionLoss() {
    // 57P01 to 57P03: the server is stopped, crashed, or not there yet; 25P03: it ended a
    // transaction that was left alone for too long, as by a process that was frozen
    return state.startsWith("08") || state.startsWith("57P0") || state.equals("25P03");
  }

  /** Did not get a lock in the time that it was given. */
  boolean isLocked() {
    return state.equals("55P03");
  }

  /** Rolled back by the server only because of what others did at the same time. */
  boolean isConflict() {
    return state.equals("40001") || state.equals("40P01");
  }
}
