package dev.winnow.workspace;

import java.io.IOException;

/** A host that is not connected to; the message says why and may be shown to a model. */
public final class BlockedAddress extends IOException {
  private static final long serialVersionUID = 1;

  /** Why, for callers that react differently. */
  public enum Reason {
    /** It is not the name of a host, or an address in a form that programs read differently. */
    INVALID_HOST,
    /** The name has no address. */
    UNKNOWN_HOST,
    /** It resolves to an address that is not public, or to Winnow itself. */
    BLOCKED
  }

  private final Reason reason;

  BlockedAddress(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
