package dev.winnow.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Understands one program's lines of JSON. What it does not know it passes over. */
interface ReadEvents {

  List<CliEvent> read(JsonNode line);

  /** The argument of a call that says most: the first one that fits on a line. */
  static String argument(JsonNode arguments) {
    for (String name : List.of("command", "file_path", "path", "pattern", "text")) {
      if (arguments.path(name).isValueNode()) {
        return arguments.path(name).asText();
      }
    }
    for (var field : arguments.properties()) {
      if (field.getValue().isValueNode()) {
        return field.getValue().asText();
      }
    }
    return "";
  }
}
