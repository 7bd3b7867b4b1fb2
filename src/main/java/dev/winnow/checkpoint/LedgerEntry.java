package dev.winnow.checkpoint;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One paid call of a run; its components are the JSON form.
 *
 * @param step and attempt: the unit of the journal that the call belongs to
 * @param reservedMicros what the call might have cost at most
 * @param spent the provider's own count; zero until it is known
 * @param origin the run that paid it, when this run is a fork of it, else null
 * @param reason why there is no usage, or null
 */
public record LedgerEntry(
    UUID id,
    String candidate,
    String step,
    int attempt,
    String node,
    String model,
    State state,
    long reservedMicros,
    long reservedTokens,
    Spending spent,
    @Nullable UUID origin,
    @Nullable String reason,
    Instant at) {

  /** What is known about the money. */
  public enum State {
    /** The call is in flight. */
    RESERVED,
    /** The provider told what it used. */
    SETTLED,
    /** The provider refused or failed, and told no usage: counts nothing. */
    FAILED,
    /** The process died, or the call was stopped, before the provider told: counts as reserved. */
    UNKNOWN,
    /** Like settled, by a process that had lost the run: paid, and its answer was not used. */
    LATE;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
