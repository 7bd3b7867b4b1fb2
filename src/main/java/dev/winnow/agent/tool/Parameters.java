package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Builds the JSON schema of a tool's arguments: a strict object of scalars and lists of texts. */
final class Parameters {

  private final ObjectNode schema = JsonNodeFactory.instance.objectNode();
  private final ObjectNode properties;

  Parameters() {
    schema.put("type", "object");
    properties = schema.putObject("properties");
    schema.putArray("required");
    schema.put("additionalProperties", false);
  }

  Parameters required(String name, String type, String description) {
    schema.withArray("required").add(name);
    return optional(name, type, description);
  }

  Parameters optional(String name, String type, String description) {
    properties.putObject(name).put("type", type).put("description", description);
    return this;
  }

  /** A list of texts. */
  Parameters optionalTexts(String name, String description) {
    properties
        .putObject(name)
        .put("type", "array")
        .put("description", description)
        .putObject("items")
        .put("type", "string");
    return this;
  }

  ToolSpec of(String name, String description) {
    return new ToolSpec(name, description, schema.deepCopy());
  }
}
