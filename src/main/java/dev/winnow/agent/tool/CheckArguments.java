package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Checks the arguments of a call against the tool's schema: an object with the required fields,
 * fields of the right scalar type or lists of texts, and no others. Tools use no more of JSON
 * Schema than that.
 */
public final class CheckArguments {

  private CheckArguments() {}

  /** What is wrong and what is expected, or empty when the arguments fit. */
  public static Optional<String> problem(ToolSpec spec, JsonNode arguments) {
    List<String> problems = new ArrayList<>();
    if (!arguments.isObject()) {
      problems.add("the arguments are no JSON object");
    } else {
      for (JsonNode required : spec.parameters().path("required")) {
        if (!arguments.has(required.asText())) {
          problems.add("'" + required.asText() + "' is missing");
        }
      }
      JsonNode properties = spec.parameters().path("properties");
      for (var field : arguments.properties()) {
        JsonNode schema = properties.get(field.getKey());
        if (schema == null) {
          problems.add("'" + shorten(field.getKey()) + "' is not known");
        } else if (!hasType(field.getValue(), schema.path("type").asText())) {
          problems.add("'%s' must be %s".formatted(field.getKey(), type(schema)));
        }
      }
    }
    if (problems.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s: %s. Expected: %s"
            .formatted(
                spec.name(),
                String.join(", ", problems.subList(0, Math.min(5, problems.size()))),
                expected(spec)));
  }

  private static boolean hasType(JsonNode value, String type) {
    return switch (type) {
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber() && value.canConvertToInt();
      case "boolean" -> value.isBoolean();
      case "array" ->
          value.isArray()
              && StreamSupport.stream(value.spliterator(), false).allMatch(JsonNode::isTextual);
      default -> throw new IllegalArgumentException("a tool's schema uses the type " + type);
    };
  }

  private static String type(JsonNode schema) {
    String type = schema.path("type").asText();
    return type.equals("array") ? "a list of texts" : "a " + type;
  }

  private static String expected(ToolSpec spec) {
    List<String> required = new ArrayList<>();
    spec.parameters().path("required").forEach(r -> required.add(r.asText()));
    List<String> fields = new ArrayList<>();
    for (var field : spec.parameters().path("properties").properties()) {
      String optional = required.contains(field.getKey()) ? "" : ", optional";
      fields.add(
          "\"%s\" (%s%s)"
              .formatted(field.getKey(), field.getValue().path("type").asText(), optional));
    }
    return fields.isEmpty() ? "{}" : "{" + String.join(", ", fields) + "}";
  }

  private static String shorten(String key) {
    return key.length() <= 40 ? key : key.substring(0, 40) + "…";
  }
}
