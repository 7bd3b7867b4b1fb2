package dev.winnow.agent.provider;

import dev.winnow.Cancellation;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.EstimateCall;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider's model. Its SDK is loaded by the first call: most commands make none. */
final class SdkModel implements ChatModel {

  /** For calls that set no limit of their own; every model of the price list can write that. */
  static final int MAX_OUTPUT_TOKENS = 32_000;

  private final String name;
  private final ProviderAccount account;
  private final OptionalDouble temperature;
  private final Map<String, Long> windows;
  private final CostOf cost;
  private final RetryCalls retries;
  private final Function<SdkModel, CallProvider> sdk;
  private @Nullable CallProvider calls;

  /**
   * @param name with the provider in front of it
   * @param windows tokens of input by bare name, where the operator says so
   * @param sdk makes what does the calls, once
   */
  SdkModel(
      String name,
      ProviderAccount account,
      OptionalDouble temperature,
      Map<String, Long> windows,
      PriceTable prices,
      RetryCalls retries,
      Function<SdkModel, CallProvider> sdk) {
    this.name = name;
    this.account = account;
    this.temperature = temperature;
    this.windows = windows;
    this.cost = new CostOf(prices, name);
    this.retries = retries;
    this.sdk = sdk;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long contextTokens() {
    Long own = windows.get(bareName());
    return own == null ? ChatModel.super.contextTokens() : own;
  }

  @Override
  public Estimate upTo(ModelRequest request) {
    return EstimateCall.upTo(request, MAX_OUTPUT_TOKENS, cost::upTo);
  }

  @Override
  public ModelReply reply(
      ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation) {
    cancellation.check();
    return retries.call(cancellation, deltas, attempt -> calls().once(request, deltas, attempt));
  }

  private synchronized CallProvider calls() {
    CallProvider made = calls;
    if (made == null) {
      made = sdk.apply(this);
      calls = made;
    }
    return made;
  }

  String bareName() {
    return name.substring(name.indexOf(':') + 1);
  }

  ProviderAccount account() {
    return account;
  }

  OptionalDouble temperature() {
    return temperature;
  }

  CostOf cost() {
    return cost;
  }
}
