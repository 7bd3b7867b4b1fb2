package dev.winnow.agent.cli;

import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * All that sessions of one agent share.
 *
 * @param base the provider's address
 * @param key the provider's key; empty when there is none
 * @param logIn used when there is neither a key nor an address of one's own
 * @param silence without a sign of life before it is stopped
 */
record CliSettings(
    Driver driver,
    CliProgram program,
    ProgramFile file,
    Optional<String> model,
    URI base,
    Optional<String> key,
    Optional<FindLogIn.LogIn> logIn,
    Duration silence,
    PriceTable prices) {

  @Override
  public String toString() {
    return "CliSettings[" + driver.label() + "]"; // never the key
  }
}
