package dev.winnow.app;

import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Price;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.ProviderLimits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say about the providers' models.
 *
 * @param provider {@code LLM_PROVIDER}: whose model works when no agent is named or declared
 * @param judge {@code JUDGE_MODEL}
 * @param dual {@code DUAL_SUBAGENT_ENABLED}: OpenAI and Anthropic side by side
 * @param temperature {@code AI_TEMPERATURE}
 * @param prices the user's own, by model
 * @param limits of calls, by provider; agents behind an address are {@code http}
 * @param windows tokens of input, by the bare name of a model
 * @param planning how interviews are held
 */
record ModelSettings(
    @Nullable Provider provider,
    AgentConfig.@Nullable Sdk judge,
    boolean dual,
    Optional<Double> temperature,
    Map<String, Price> prices,
    Map<String, ProviderLimits> limits,
    Map<String, Long> windows,
    PlanningSettings planning) {

  ModelSettings {
    prices = Map.copyOf(prices);
    limits = Map.copyOf(limits);
    windows = Map.copyOf(windows);
  }

  /** The limits of the providers' own models. */
  Map<Provider, ProviderLimits> limitsOfProviders() {
    Map<Provider, ProviderLimits> known = new EnumMap<>(Provider.class);
    for (Provider provider : Provider.values()) {
      known.put(provider, limits(provider.label()));
    }
    return known;
  }

  ProviderLimits limits(String provider) {
    return limits.getOrDefault(provider, ProviderLimits.DEFAULT);
  }

  List<Settings.Shown> shown(Map<String, String> sources, Credentials credentials) {
    List<Settings.Shown> shown = new ArrayList<>();
    add(shown, sources, "LLM_PROVIDER", provider == null ? "none" : provider.label());
    add(shown, sources, "JUDGE_MODEL", judge == null ? "none" : judge.modelName());
    add(shown, sources, "DUAL_SUBAGENT_ENABLED", String.valueOf(dual));
    add(
        shown,
        sources,
        "PLANNING_INTERVIEW_MODE",
        planning.live().map(live -> live ? "live" : "stub").orElse("live where a model is"));
    add(
        shown,
        sources,
        "AUTOCODE_ARTIFACTS_DIR",
        planning.artifacts().map(String::valueOf).orElse("none"));
    add(shown, sources, "AI_TEMPERATURE", temperature.map(String::valueOf).orElse("the model's"));
    add(
        shown,
        sources,
        "prices",
        prices.isEmpty()
            ? "list prices of " + PriceTable.packaged().date()
            : "own for " + String.join(", ", prices.keySet().stream().sorted().toList()));
    limits.forEach((name, its) ->
        add(
            shown,
            sources,
            "providers." + name,
            "%d calls at once, %s a minute, silence %s, %s in all, %d attempts"
                .formatted(
                    its.concurrency(),
                    its.perMinute() == Integer.MAX_VALUE ? "any number" : its.perMinute(),
                    Durations.write(its.silence()),
                    Durations.write(its.total()),
                    its.attempts())));
    windows.forEach((model, tokens) ->
        add(shown, sources, "context-windows." + model, "%,d tokens".formatted(tokens)));
    for (Provider one : Provider.values()) {
      boolean set = credentials.get(one.key()).isPresent();
      add(shown, sources, one.key(), set ? "set, not shown" : "not set");
    }
    return shown;
  }

  private static void add(
      List<Settings.Shown> shown, Map<String, String> sources, String name, String value) {
    shown.add(new Settings.Shown(name, value, sources.getOrDefault(name, "default")));
  }
}
