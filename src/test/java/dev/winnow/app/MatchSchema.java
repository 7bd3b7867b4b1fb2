package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Compares JSON with the schemas that the server describes, as far as it uses JSON Schema. */
final class MatchSchema {

  private final JsonNode api;
  private final List<String> problems = new ArrayList<>();

  private MatchSchema(JsonNode api) {
    this.api = api;
  }

  /** What does not fit; empty when all does. */
  static List<String> problems(JsonNode api, JsonNode schema, JsonNode value) {
    MatchSchema match = new MatchSchema(api);
    match.match("$", schema, value);
    return match.problems;
  }

  private void match(String path, JsonNode given, JsonNode value) {
    JsonNode schema = given.has("$ref") ? api.at(given.path("$ref").asText().substring(1)) : given;
    if (schema.isMissingNode()) {
      problems.add(path + ": no schema");
      return;
    }
    boolean fits =
        switch (schema.path("type").asText("")) {
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          case "array" -> value.isArray();
          case "object" -> value.isObject();
          default -> true;
        };
    if (!fits) {
      problems.add("%s: %s is no %s".formatted(path, value, schema.path("type").asText()));
      return;
    }
    if (schema.has("enum")
        && !schema.path("enum").toString().contains("\"" + value.asText() + "\"")) {
      problems.add(path + ": " + value + " is none of " + schema.path("enum"));
    }
    for (int i = 0; i < value.size() && value.isArray() && schema.has("items"); i++) {
      match(path + "[" + i + "]", schema.path("items"), value.get(i));
    }
    if (value.isObject()) {
      object(path, schema, value);
    }
  }

  private void object(String path, JsonNode schema, JsonNode value) {
    schema
        .path("required")
        .forEach(name -> {
          if (!value.has(name.asText())) {
            problems.add(path + ": lacks " + name.asText());
          }
        });
    value
        .properties()
        .forEach(entry -> {
          String inner = path + "." + entry.getKey();
          JsonNode known = schema.path("properties").path(entry.getKey());
          JsonNode others = schema.path("additionalProperties");
          if (!known.isMissingNode()) {
            match(inner, known, entry.getValue());
          } else if (others.isObject()) {
            match(inner, others, entry.getValue());
          } else if (others.isBoolean() && !others.booleanValue()) {
            problems.add(inner + ": not described");
          }
        });
  }
}
