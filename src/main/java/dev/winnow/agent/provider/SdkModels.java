package dev.winnow.agent.provider;

import dev.winnow.WinnowException;
import dev.winnow.agent.CapText;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Makes the models of one process: they share connections, and per provider the limiter. */
public final class SdkModels {

  private static final String OPENAI = "openai-responses:";
  private static final String ANTHROPIC = "anthropic:";

  private final PriceTable prices;
  private final Map<Provider, ProviderLimits> limits;
  private final Map<String, Long> windows;
  private final UpstreamProxy upstream;
  private final Map<String, ProviderLimiter> limiters = new ConcurrentHashMap<>();
  private final Map<Provider, Transport> transports = new HashMap<>();

  /**
   * @param limits of each provider; {@link ProviderLimits#DEFAULT} for those that are not there
   * @param windows how many tokens of input a model takes, by its bare name, where the operator
   *     knows better than Winnow
   * @param upstream the proxy that providers are reached through
   */
  public SdkModels(
      PriceTable prices,
      Map<Provider, ProviderLimits> limits,
      Map<String, Long> windows,
      UpstreamProxy upstream) {
    this.prices = prices;
    this.limits = Map.copyOf(limits);
    this.windows = Map.copyOf(windows);
    this.upstream = upstream;
  }

  /**
   * A model behind OpenAI's Responses API, OpenAI's own or any server that speaks it.
   *
   * @param model written {@code openai-responses:<model>}
   * @param temperature empty for the model's usual one
   * @throws WinnowException of category SETTINGS for a name in another form
   */
  public ChatModel openAi(String model, ProviderAccount account, OptionalDouble temperature) {
    return model(
        Provider.OPENAI,
        openAiName(model),
        account,
        temperature,
        m -> new CallOpenAi(m, transport(Provider.OPENAI)));
  }

  /**
   * A model behind Anthropic's Messages API.
   *
   * @param model written {@code anthropic:<model>}, or bare
   * @param temperature empty for the model's usual one
   * @throws WinnowException of category SETTINGS for a name in another form
   */
  public ChatModel anthropic(String model, ProviderAccount account, OptionalDouble temperature) {
    return model(
        Provider.ANTHROPIC,
        anthropicName(model),
        account,
        temperature,
        m -> new CallAnthropic(m, transport(Provider.ANTHROPIC)));
  }

  /**
   * Checks the form of an OpenAI model's name.
   *
   * @throws WinnowException of category SETTINGS that says how it is written
   */
  public static String openAiName(String model) {
    if (!model.matches("openai-responses:\\S+")) {
      String bare = model.substring(model.indexOf(':') + 1).strip();
      throw settings(
          "OpenAI models are written openai-responses:<model>, so that it is clear which API is used: "
              + "write openai-responses:%s instead of '%s'."
                  .formatted(
                      bare.isEmpty() ? "<model>" : CapText.oneLine(bare, 80),
                      CapText.oneLine(model, 80)));
    }
    return model;
  }

  /**
   * The name of an Anthropic model with the provider in front of it.
   *
   * @throws WinnowException of category SETTINGS that says how it is written
   */
  public static String anthropicName(String model) {
    String bare = model.startsWith(ANTHROPIC) ? model.substring(ANTHROPIC.length()) : model;
    if (!bare.matches("[^\\s:]\\S*") || bare.startsWith(OPENAI) || bare.startsWith("openai:")) {
      throw settings(
          "Anthropic models are written anthropic:<model>, or bare: '%s' is neither."
              .formatted(CapText.oneLine(model, 80)));
    }
    return ANTHROPIC + bare;
  }

  private static WinnowException settings(String message) {
    return new WinnowException(WinnowException.Category.SETTINGS, message);
  }

  private ChatModel model(
      Provider provider,
      String name,
      ProviderAccount account,
      OptionalDouble temperature,
      Function<SdkModel, CallProvider> sdk) {
    ProviderLimits its = limits(provider);
    String server = provider.label() + " " + account.baseUrl().map(URI::toString).orElse("");
    ProviderLimiter limiter = limiters.computeIfAbsent(server, _ -> ProviderLimiter.of(its));
    RetryCalls retries = new RetryCalls(name, provider.label(), its, limiter, new Random());
    return new SdkModel(name, account, temperature, windows, prices, retries, sdk);
  }

  /** Made by the first call, like everything that costs time. */
  private synchronized Transport transport(Provider provider) {
    return transports.computeIfAbsent(provider, p -> new Transport(limits(p).connect(), upstream));
  }

  private ProviderLimits limits(Provider provider) {
    return limits.getOrDefault(provider, ProviderLimits.DEFAULT);
  }
}
