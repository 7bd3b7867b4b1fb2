package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Price;
import dev.winnow.agent.PriceTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the {@code prices} of a settings file; what is wrong goes onto the list of errors. */
final class ReadPrices {

  private ReadPrices() {}

  /** By model, as it is written there. */
  static Map<String, Price> read(SettingsFile file, JsonNode prices, List<String> errors) {
    Map<String, Price> read = new LinkedHashMap<>();
    if (!prices.isObject()) {
      errors.add(file.where("prices") + ": expected models with their prices");
      return read;
    }
    for (Map.Entry<String, JsonNode> entry : prices.properties()) {
      try {
        read.put(entry.getKey(), PriceTable.price(entry.getValue()));
      } catch (IllegalArgumentException e) {
        errors.add(file.where("prices", entry.getKey()) + ": " + e.getMessage());
      }
    }
    return read;
  }
}
