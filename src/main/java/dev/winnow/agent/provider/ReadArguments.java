package dev.winnow.agent.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.winnow.Json;
import dev.winnow.agent.CapText;

/** The arguments of a tool call, as the model wrote them. */
final class ReadArguments {

  private static final int MAX_BROKEN_BYTES = 2000;

  private ReadArguments() {}

  /**
   * The object; for text that is no JSON, that text: the tool's check of its arguments turns it
   * into a result that the model reads.
   */
  static JsonNode of(String json) {
    if (json.isBlank()) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return Json.mapper().readTree(json);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.textNode(CapText.headAndTail(json, MAX_BROKEN_BYTES));
    }
  }
}
