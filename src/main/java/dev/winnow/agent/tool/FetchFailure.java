package dev.winnow.agent.tool;

/** A page that was not fetched; the message is one line for the model. */
final class FetchFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** What kind of refusal or failure it is. */
  enum Reason {
    INVALID_URL,
    BLOCKED_SCHEME,
    BLOCKED_PORT,
    BLOCKED_ADDRESS,
    UNKNOWN_HOST,
    TOO_MANY_REDIRECTS,
    TOO_LONG,
    NOT_TEXT,
    BAD_ANSWER,
    NO_CONNECTION
  }

  private final Reason reason;

  FetchFailure(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
