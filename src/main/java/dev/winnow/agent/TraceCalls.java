package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.telemetry.GenAi;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A model whose calls are spans, by the conventions for generative AI, and are counted. */
final class TraceCalls implements ChatModel {

  private final ChatModel model;
  private final AgentContext context;

  TraceCalls(ChatModel model, AgentContext context) {
    this.model = model;
    this.context = context;
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public ModelReply reply(
      ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation) {
    Span.Start start =
        Span.of(GenAi.CHAT + " " + bareName())
            .kind(Span.Kind.CLIENT)
            .set(GenAi.OPERATION, GenAi.CHAT)
            .set(GenAi.PROVIDER, provider(model.name()))
            .set(GenAi.REQUEST_MODEL, bareName())
            .set(GenAi.CONVERSATION, Span.nameInRun(context.candidate()))
            .set("winnow.purpose", request.purpose());
    return start.call(span -> {
      boolean content = span.isSeen() && withContent();
      if (content) {
        span.setClean(GenAi.SYSTEM_INSTRUCTIONS, WriteMessages.system(request.system()))
            .setClean(GenAi.INPUT_MESSAGES, WriteMessages.input(request.messages()));
      }
      long begun = System.nanoTime();
      try {
        ModelReply reply = model.reply(request, deltas, cancellation);
        told(reply, span, begun);
        if (content) {
          span.setClean(
              GenAi.OUTPUT_MESSAGES, WriteMessages.output(reply.message(), finish(reply.stop())));
        }
        return reply;
      } catch (WinnowException e) {
        called(e.category().name().toLowerCase(Locale.ROOT), begun);
        throw e;
      } catch (Cancellation.Cancelled e) {
        called("cancelled", begun);
        throw e;
      } catch (RuntimeException e) {
        called("internal", begun);
        throw e;
      }
    });
  }

  private void told(ModelReply reply, Span span, long begun) {
    called("ok", begun);
    CallSpan.Call call = new CallSpan.Call(GenAi.CHAT, provider(model.name()), counted());
    CallSpan.used(span, call, reply.usage(), reply.costMicros());
    span.set(GenAi.RESPONSE_MODEL, reply.model().isEmpty() ? bareName() : reply.model())
        .set(GenAi.FINISH_REASONS, List.of(finish(reply.stop())));
  }

  private void called(String status, long begun) {
    Duration time = Duration.ofNanos(System.nanoTime() - begun);
    Metrics.current().modelCalled(provider(model.name()), counted(), status, time);
  }

  private static boolean withContent() {
    return TelemetryCollector.current().map(TelemetryCollector::withContent).orElse(false);
  }

  private String bareName() {
    String bare = model.name().substring(model.name().indexOf(':') + 1);
    if (isAddress()) {
      // an agent behind HTTP: its model where one is named, else where it is
      return bare.contains(" ") ? bare.substring(bare.lastIndexOf(' ') + 1) : bare.substring(2);
    }
    // of a script the file's name: a path is no name of a model
    return model.name().startsWith("scripted:") ? bare.substring(bare.lastIndexOf('/') + 1) : bare;
  }

  /** What it is called in metrics: everybody may write scripts, and each name is a series. */
  private String counted() {
    return model.name().startsWith("scripted:") ? "scripted" : bareName();
  }

  private boolean isAddress() {
    return model.name().startsWith("http://") || model.name().startsWith("https://");
  }

  /** The conventions' name of whoever answers: what stands before the model's name. */
  private static String provider(String name) {
    int end = name.indexOf(':');
    String prefix = end < 0 ? "" : name.substring(0, end);
    return switch (prefix) {
      case "openai-responses" -> "openai";
      case "https" -> "http"; // whoever it is, and the same word for retries and waits
      case "" -> "unknown";
      default -> prefix;
    };
  }

  private static String finish(ModelReply.StopReason stop) {
    return switch (stop) {
      case END -> "stop";
      case TOOL_CALLS -> "tool_call";
      case MAX_TOKENS -> "length";
      case REFUSED -> "content_filter";
    };
  }
}
