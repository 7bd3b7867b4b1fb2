import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Cancellation;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.ToolSpec;
import java.util.concurrent.atomic.AtomicLong;

/** The tool of the durable workload: it answers at once, and counts. */
final class Look implements Tool {

  static final AtomicLong CALLS = new AtomicLong();

  @Override
  public ToolSpec spec() {
    ObjectNode parameters = JsonNodeFactory.instance.objectNode().put("type", "object");
    parameters.putObject("properties").putObject("n").put("type", "integer");
    return new ToolSpec("look", "looks", parameters);
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public boolean onlyLooks() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    CALLS.incrementAndGet();
    return ToolResult.ok("r".repeat(500), "500 bytes");
  }
}
