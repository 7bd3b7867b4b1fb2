package dev.winnow.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.io.PrintStream;

/**
 * One JSON event a line. The last event of a run is written as the result object of the command
 * line's contract.
 */
final class JsonView implements RunView {

  private final PrintStream out;

  JsonView(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void accept(RecordedEvent recorded) {
    out.println(line(recorded));
  }

  @Override
  public void close() {
    out.flush();
  }

  static String line(RecordedEvent recorded) {
    if (recorded.event() instanceof RunEvent.RunFinished finished && !finished.result().isEmpty()) {
      return Json.write(finished.result());
    }
    ObjectNode line = Json.mapper().createObjectNode();
    line.put("v", RunEvent.VERSION);
    line.put("run", recorded.run().toString());
    line.put("sequence", recorded.sequence());
    line.put("at", recorded.at().toString());
    // valueToTree of the value alone would lose the type that the interface declares
    ObjectNode event = Json.mapper().convertValue(recorded.event(), ObjectNode.class);
    line.setAll(event);
    return Json.write(line);
  }
}
