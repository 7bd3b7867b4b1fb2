package dev.winnow.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.winnow.Json;
import dev.winnow.store.Jsonb;
import dev.winnow.telemetry.CleanText;

/**
 * The stored form of an event: bounded, without secrets, and readable for older and newer versions.
 *
 * @param json what is stored
 * @param print the same for the same content, before it is cut; how long something took is no
 *     content
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EventBody(Jsonb json, byte[] print) {

  /** Longer texts are cut, visibly; what a tool or model wrote in full is in the journal. */
  static final int LONGEST_TEXT = 64 * 1024; // characters

  private static final String MILLIS = ",\"millis\":";

  private static final ObjectReader READER =
      Json.mapper()
          .readerFor(RunEvent.class)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  static EventBody of(RunEvent event) {
    // secrets first: half of one, after a cut, is not recognised
    CleanText whole = CleanText.ofJson(Json.write(event));
    String json = whole.text();
    return new EventBody(
        json.length() <= LONGEST_TEXT
            ? new Jsonb(whole)
            : new Jsonb(CleanText.ofJson(Json.write(cut(Json.read(json, JsonNode.class))))),
        StepInput.hash(ExactJson.storable(withoutTime(event, json))));
  }

  private static String withoutTime(RunEvent event, String json) {
    // its last component; within a text the quotation marks would be escaped
    return event instanceof RunEvent.ToolReturned
        ? json.substring(0, json.lastIndexOf(MILLIS)) + "}"
        : json;
  }

  static RunEvent decode(String json) {
    try {
      return READER.readValue(json);
    } catch (InvalidTypeIdException e) {
      return new RunEvent.Notice("An event of a newer Winnow: " + e.getTypeId());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not an event: " + e.getOriginalMessage(), e);
    }
  }

  private static JsonNode cut(JsonNode node) {
    switch (node) {
      case TextNode text when text.textValue().length() > LONGEST_TEXT -> {
        return new TextNode(cut(text.textValue()));
      }
      case ObjectNode object -> object.properties().forEach(e -> e.setValue(cut(e.getValue())));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, cut(array.get(i)));
        }
      }
      default -> {
        // numbers, short texts
      }
    }
    return node;
  }

  private static String cut(String text) {
    int end = LONGEST_TEXT - 64;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return "%s\n[... %d more characters cut]"
        .formatted(text.substring(0, end), text.length() - end);
  }
}
