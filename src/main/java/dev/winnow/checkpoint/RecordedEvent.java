package dev.winnow.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import java.time.Instant;
import java.util.UUID;

/**
 * An event with its place in the log of its run.
 *
 * @param sequence 1 for the first event of the run, without gaps
 */
public record RecordedEvent(UUID run, long sequence, Instant at, RunEvent event) {

  /**
   * One line of JSON: {@code {"v":1,"run":..,"sequence":..,"at":..,"type":..}} and the event's
   * components.
   */
  public String toJson() {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("v", RunEvent.VERSION);
    line.put("run", run.toString());
    line.put("sequence", sequence);
    line.put("at", at.toString());
    line.setAll((ObjectNode) Json.mapper().valueToTree(event));
    return Json.write(line);
  }
}
