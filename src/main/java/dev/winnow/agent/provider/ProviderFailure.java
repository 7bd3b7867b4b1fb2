package dev.winnow.agent.provider;

import java.time.Duration;
import java.util.Optional;

/** Why one attempt of a call failed. */
final class ProviderFailure extends RuntimeException {

  /** What went wrong, whether asking again can help, and what a person can do. */
  enum Kind {
    NO_CONNECTION(true, "check the network and the base URL"),
    CERTIFICATE(false, "name a file with its authority in SSL_CERT_FILE, or check the address"),
    PROXY(false, "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
    CUT(true, ""),
    NO_FIRST_BYTE(true, ""),
    SILENT(true, ""),
    RATE_LIMITED(true, "wait, or use fewer agents at the same time"),
    OVERLOADED(true, "try again later"),
    SERVER(true, "try again later"),
    OUT_OF_TIME(false, ""),
    QUOTA(false, "add credit or raise the limit of the account"),
    BAD_KEY(false, "check the API key"),
    FORBIDDEN(false, "check what the API key may use"),
    NOT_FOUND(false, "check the model's name and the base URL"),
    BAD_REQUEST(false, ""),
    CONTEXT_OVERFLOW(false, "give the agent a smaller task or a model with a larger context"),
    TOO_LARGE(false, ""),
    NOT_A_STREAM(false, "check the base URL: it must speak the provider's streaming API"),
    MALFORMED(false, "check the base URL: it must speak the provider's streaming API");

    final boolean again;
    final String advice;

    Kind(boolean again, String advice) {
      this.again = again;
      this.advice = advice;
    }
  }

  private final Kind kind;
  private final Optional<Duration> retryAfter;

  ProviderFailure(Kind kind, String message) {
    this(kind, message, Optional.empty());
  }

  /**
   * @param retryAfter what the provider asked to wait
   */
  ProviderFailure(Kind kind, String message, Optional<Duration> retryAfter) {
    super(message, null, false, false); // an outcome, not a defect: nobody reads its stack
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  Kind kind() {
    return kind;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
