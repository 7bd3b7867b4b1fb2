package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.tool.CheckArguments;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.GenAi;
import dev.winnow.telemetry.Redact;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the tool calls of one turn, each as a step of the journal. */
final class RunToolCalls {

  private static final Logger LOG = LoggerFactory.getLogger(RunToolCalls.class);

  private static final int AT_ONCE = 8;
  private static final int SUMMARY_CHARS = 120;

  private final AgentContext context;
  private final Map<String, Tool> tools = new HashMap<>();

  RunToolCalls(AgentContext context) {
    this.context = context;
    context.tools().forEach(tool -> tools.put(tool.spec().name(), tool));
  }

  boolean writes(ToolCall call) {
    Tool tool = tools.get(call.tool());
    return tool != null && tool.writes();
  }

  /** What a turn that writes leaves in the journal, beside the files. */
  record Results(List<ToolResult> results) {
    Results {
      results = List.copyOf(results);
    }
  }

  private boolean ordered(ToolCall call) {
    Tool tool = tools.get(call.tool());
    return tool != null && tool.ordered();
  }

  /** Results in the order of the calls; at the same time only when none of them must wait. */
  List<ToolResult> run(String purpose, int turn, List<ToolCall> calls, Deadline deadline) {
    if (calls.stream().anyMatch(this::writes)) {
      String key = "%s/%s/turn-%d/files".formatted(context.candidate(), purpose, turn);
      return context
          .afterTurn()
          .writing(
              context.steps(),
              key,
              purpose,
              turn,
              calls,
              Results.class,
              () ->
                  new Results(
                      calls.stream()
                          .map(call -> live(purpose, turn, call, deadline, deadline.cancellation()))
                          .toList()))
          .results();
    }
    if (calls.stream().anyMatch(this::ordered)) {
      List<ToolResult> results = new ArrayList<>();
      for (int i = 1; i <= calls.size(); i++) {
        results.add(step(purpose, turn, i, calls.get(i - 1), deadline, deadline.cancellation()));
      }
      return results;
    }
    if (calls.size() == 1) {
      return List.of(step(purpose, turn, 1, calls.getFirst(), deadline, deadline.cancellation()));
    }
    List<Integer> indexes = IntStream.rangeClosed(1, calls.size()).boxed().toList();
    return Fork.each(
        indexes,
        AT_ONCE,
        deadline.cancellation(),
        i -> cancellation -> step(purpose, turn, i, calls.get(i - 1), deadline, cancellation));
  }

  private ToolResult step(
      String purpose,
      int turn,
      int index,
      ToolCall call,
      Deadline deadline,
      Cancellation cancellation) {
    // a name that the model made up must not become a part of a key
    String name = tools.containsKey(call.tool()) ? call.tool() : "unknown";
    String key =
        context.candidate() + "/" + purpose + "/turn-" + turn + "/tool-" + index + "-" + name;
    Tool tool = tools.get(call.tool());
    Callable<ToolResult> work = () -> live(purpose, turn, call, deadline, cancellation);
    return tool == null || tool.onlyLooks()
        ? context.steps().look(key, call, ToolResult.class, work)
        : context.steps().step(key, call, ToolResult.class, work);
  }

  /** Inside a step, so that a replay does not tell the same story twice. */
  private ToolResult live(
      String purpose, int turn, ToolCall call, Deadline deadline, Cancellation cancellation) {
    String shown = CapText.oneLine(call.tool(), 60);
    context
        .events()
        .accept(
            new RunEvent.ToolCalled(
                context.candidate(), purpose, turn, call.id(), shown, summary(call)));
    long start = System.nanoTime();
    ToolResult result =
        Span.of(GenAi.EXECUTE_TOOL + " " + shown)
            .set(GenAi.OPERATION, GenAi.EXECUTE_TOOL)
            .set(GenAi.TOOL, shown)
            .set(GenAi.TOOL_TYPE, "function")
            .set(GenAi.TOOL_CALL, call.id())
            .call(span -> traced(call, deadline, cancellation, span));
    context
        .events()
        .accept(
            new RunEvent.ToolReturned(
                context.candidate(),
                call.id(),
                shown,
                result.ok(),
                result.summary(),
                (System.nanoTime() - start) / 1_000_000));
    return result;
  }

  private ToolResult traced(
      ToolCall call, Deadline deadline, Cancellation cancellation, Span span) {
    boolean content =
        TelemetryCollector.current().map(TelemetryCollector::withContent).orElse(false);
    if (content) {
      span.set(GenAi.TOOL_ARGUMENTS, Json.write(call.arguments()));
    }
    ToolResult result = guarded(tools.get(call.tool()), call, deadline, cancellation);
    if (!result.ok()) {
      span.failed("tool", result.summary());
    }
    if (content) {
      span.set(GenAi.TOOL_RESULT, result.text());
    }
    return result;
  }

  /** The tool's result as the model may read it, whatever happened. */
  private ToolResult guarded(
      @Nullable Tool tool, ToolCall call, Deadline deadline, Cancellation cancellation) {
    ToolResult result;
    try {
      result = call(tool, call, cancellation);
    } catch (Cancellation.Cancelled e) {
      if (!deadline.passed()) {
        throw e;
      }
      result = ToolResult.failed("stopped: " + deadline.reason());
    } catch (WinnowException e) {
      result =
          switch (e.category()) {
            // the machine is to blame, not the call: nothing can be concluded about the agent
            case SANDBOX, INFRASTRUCTURE, BUDGET -> throw e;
            case USAGE, SETTINGS, AGENT -> ToolResult.failed(String.valueOf(e.getMessage()));
          };
    } catch (RuntimeException e) {
      LOG.error("internal error in tool {}", call.tool(), e);
      result = ToolResult.failed("internal error in tool " + call.tool());
    }
    String text =
        CapText.headAndTail(
            Redact.text(result.text()), tool == null ? 4096 : tool.maxResultBytes());
    return new ToolResult(
        result.ok(),
        QuoteUntrusted.block("tool result", text),
        CapText.oneLine(Redact.text(result.summary()), SUMMARY_CHARS));
  }

  private ToolResult call(@Nullable Tool tool, ToolCall call, Cancellation cancellation) {
    if (tool == null) {
      List<String> known = tools.keySet().stream().sorted().toList();
      return ToolResult.failed(
          "there is no tool '%s'; the tools are: %s"
              .formatted(CapText.oneLine(call.tool(), 60), String.join(", ", known)));
    }
    return CheckArguments.problem(tool.spec(), call.arguments())
        .map(ToolResult::failed)
        .orElseGet(() -> tool.call(call.arguments(), cancellation));
  }

  /** The first argument that fits on a line: a path, a pattern, a command. */
  private static String summary(ToolCall call) {
    for (var field : call.arguments().properties()) {
      if (field.getValue().isValueNode()) {
        return CapText.oneLine(Redact.text(field.getValue().asText()), SUMMARY_CHARS);
      }
    }
    return "";
  }
}
