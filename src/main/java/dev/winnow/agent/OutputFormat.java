package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The answer must be one JSON document of this schema; the provider enforces it where it can.
 *
 * @param name a short name of letters, digits, {@code _} and {@code -}
 * @param schema a JSON Schema in which every object lists all of its properties as required and
 *     says {@code additionalProperties: false}: that is what providers take as strict
 */
public record OutputFormat(String name, JsonNode schema) {
  public OutputFormat {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("not a name of an output format: " + name);
    }
  }
}
