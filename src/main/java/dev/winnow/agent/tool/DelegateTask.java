package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.agent.tool.Delegate.Assignment;
import java.util.function.Function;

/** {@code delegate_codex} and {@code delegate_claude}: hands a task to another agent. */
final class DelegateTask implements Tool {

  static final String CODEX = "delegate_codex";
  static final String CLAUDE = "delegate_claude";

  private static final int MAX_CHARS = 100_000;

  private final ToolSpec spec;
  private final Delegate delegate;
  private final Function<String, Assignment> assign;

  DelegateTask(String name, Delegate delegate, Function<String, Assignment> assign) {
    this.spec =
        new Parameters()
            .required("prompt", "string", "the whole task; the other agent knows nothing of yours")
            .of(
                name,
                "Hands a task to another coding agent, which works on the same files and tells what it did.");
    this.delegate = delegate;
    this.assign = assign;
  }

  @Override
  public ToolSpec spec() {
    return spec;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String prompt = arguments.path("prompt").asText();
    if (prompt.isBlank()) {
      return ToolResult.failed("the task is empty");
    }
    if (prompt.length() > MAX_CHARS) {
      return ToolResult.failed("the task is longer than %,d characters".formatted(MAX_CHARS));
    }
    return delegate.work(assign.apply(prompt), cancellation);
  }
}
