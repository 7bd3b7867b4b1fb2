package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * List prices of models. A model that is not in it has an unknown cost, which is never 0: empty
 * results mean "nobody knows".
 */
public final class PriceTable {

  private static final String RESOURCE = "/models/prices.json";
  private static final List<String> PROVIDERS = List.of("openai-responses:", "anthropic:");
  private static final Pattern DATE = Pattern.compile("-(\\d{8}|\\d{4}-\\d{2}-\\d{2})$");

  private final LocalDate date;
  private final Map<String, Price> prices;

  private PriceTable(LocalDate date, Map<String, Price> prices) {
    this.date = date;
    this.prices = Map.copyOf(prices);
  }

  /** The table that Winnow ships. */
  public static PriceTable packaged() {
    return Packaged.TABLE;
  }

  /** Read on first use: most commands never ask for a price. */
  private static final class Packaged {
    static final PriceTable TABLE = read();

    private static PriceTable read() {
      try (InputStream in = PriceTable.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException("resource missing: " + RESOURCE);
        }
        JsonNode root = Json.mapper().readTree(in);
        Map<String, Price> prices = new HashMap<>();
        root.path("models")
            .properties()
            .forEach(entry -> prices.put(entry.getKey(), price(entry.getValue())));
        return new PriceTable(LocalDate.parse(root.path("date").asText()), prices);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Reads {@code {input, cached-input, cache-write, output}}; without their own prices, tokens of
   * the cache cost what other input costs.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  public static Price price(JsonNode node) {
    BigDecimal input = number(node, "input").orElseThrow(() -> missing("input"));
    return new Price(
        input,
        number(node, "cached-input").orElse(input),
        number(node, "cache-write").orElse(input),
        number(node, "output").orElseThrow(() -> missing("output")));
  }

  private static IllegalArgumentException missing(String key) {
    return new IllegalArgumentException(key + " is missing (US dollars per million tokens)");
  }

  private static Optional<BigDecimal> number(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isNumber()) {
      throw new IllegalArgumentException(key + " must be a number");
    }
    return Optional.of(value.decimalValue());
  }

  /** The same table with the user's own prices, by the model's name with or without provider. */
  public PriceTable with(Map<String, Price> own) {
    Map<String, Price> all = new HashMap<>(prices);
    own.forEach((model, price) -> all.put(withoutProvider(model), price));
    return new PriceTable(date, all);
  }

  /** When the packaged prices were read from the providers' lists. */
  public LocalDate date() {
    return date;
  }

  /** The price of a model, as configured or as the provider names it, with or without a date. */
  public Optional<Price> of(String model) {
    String name = withoutProvider(model);
    Price exact = prices.get(name);
    return exact != null
        ? Optional.of(exact)
        : Optional.ofNullable(prices.get(DATE.matcher(name).replaceFirst("")));
  }

  /** In micro-dollars; empty when the price is unknown. */
  public OptionalLong costMicros(String model, Usage usage) {
    return of(model)
        .map(price -> OptionalLong.of(price.micros(usage)))
        .orElse(OptionalLong.empty());
  }

  /**
   * The most that a call can cost, in micro-dollars: nothing of the input comes from the cache, and
   * the output is as long as allowed. Empty when the price is unknown.
   */
  public OptionalLong estimateMicros(String model, long inputTokens, long maxOutputTokens) {
    return of(model)
        .map(price ->
            OptionalLong.of(
                price
                    .dearestInput()
                    .multiply(BigDecimal.valueOf(inputTokens))
                    .add(price.output().multiply(BigDecimal.valueOf(maxOutputTokens)))
                    .setScale(0, RoundingMode.CEILING)
                    .longValueExact()))
        .orElse(OptionalLong.empty());
  }

  /** The sum of two costs; unknown when one of them is. */
  public static OptionalLong sum(OptionalLong one, OptionalLong other) {
    return one.isPresent() && other.isPresent()
        ? OptionalLong.of(Math.addExact(one.getAsLong(), other.getAsLong()))
        : OptionalLong.empty();
  }

  private static String withoutProvider(String model) {
    for (String provider : PROVIDERS) {
      if (model.startsWith(provider)) {
        return model.substring(provider.length());
      }
    }
    return model;
  }
}
