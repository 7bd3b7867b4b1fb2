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
import dev.winnow.telemetry.Redact;

/** The stored form of an event: bounded, and readable for older and newer versions. */
final class EventBody {

  /** Longer texts are cut, visibly; what a tool or model wrote in full is in the journal. */
  static final int LONGEST_TEXT = 64 * 1024; // characters

  private static final ObjectReader READER =
      Json.mapper()
          .readerFor(RunEvent.class)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private EventBody() {}

  static Jsonb encode(RunEvent event) {
    return new Jsonb(Json.write(cut(clean(event))));
  }

  /** The same for the same content; how long something took is no content. */
  static String fingerprint(RunEvent event) {
    JsonNode node = clean(event);
    if (node instanceof ObjectNode object) {
      object.remove("millis");
    }
    return StepInput.of(node).hash();
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

  /** Without secrets, and before anything is cut: half of a secret is not recognised. */
  private static JsonNode clean(RunEvent event) {
    return Json.read(Redact.json(Json.write(event)), JsonNode.class);
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
