package dev.winnow.spec.conductor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A {@code metadata.json}; a value is replaced in its place, everything else stays as it is. */
final class MetadataFile {

  private byte[] content;

  MetadataFile(byte[] content) {
    this.content = content;
  }

  /** A text at the top; empty when there is none, or the file is broken. */
  Optional<String> value(String name) {
    try {
      JsonNode node = Json.mapper().readTree(content);
      return Optional.ofNullable(node)
          .map(n -> n.get(name))
          .filter(JsonNode::isTextual)
          .map(JsonNode::asText);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Replaces a text; false when there is none, or the file is broken: then nothing changes. */
  boolean set(String name, String value) {
    try (JsonParser parser = Json.mapper().getFactory().createParser(content)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        boolean top =
            parser.getParsingContext().getParent() != null
                && parser.getParsingContext().getParent().inRoot();
        if (token == JsonToken.VALUE_STRING && top && name.equals(parser.currentName())) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.finishToken();
          int to = (int) parser.currentLocation().getByteOffset();
          splice(from, to, Json.write(value).getBytes(StandardCharsets.UTF_8));
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private void splice(int from, int to, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(content, 0, from);
    out.writeBytes(with);
    out.write(content, to, content.length - to);
    content = out.toByteArray();
  }

  byte[] bytes() {
    return content;
  }
}
