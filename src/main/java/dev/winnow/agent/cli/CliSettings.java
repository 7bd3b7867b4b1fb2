package dev.winnow.agent.cli;

import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that sessions of one agent share.
 *
 * @param base the provider's address
 * @param key the provider's key; empty when there is none
 * @param logIn used when there is neither a key nor an address of one's own
 * @param silence without a sign of life before it is stopped
 * @param upstream the proxy that the provider is reached through
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
    PriceTable prices,
    UpstreamProxy upstream) {

  /** No program tells before a prompt what it will use; this is a long one. */
  private static final int USUAL_INPUT = 400_000;

  private static final int USUAL_OUTPUT = 20_000;

  /** A cost that the program tells itself is known, also of a model without a price here. */
  private static final long USUAL_COST = 2_000_000;

  /** Under which name its price stands: the program's own, where it chooses the model itself. */
  String priced() {
    return model.orElse(driver.label());
  }

  /** What is reserved for a prompt. */
  Estimate upTo() {
    OptionalLong cost = prices.estimateMicros(priced(), USUAL_INPUT, USUAL_OUTPUT);
    if (cost.isEmpty() && program.tellsCost()) {
      cost = OptionalLong.of(USUAL_COST);
    }
    return new Estimate(cost, USUAL_INPUT + USUAL_OUTPUT);
  }

  @Override
  public String toString() {
    return "CliSettings[" + driver.label() + "]"; // never the key
  }
}
