package dev.winnow.telemetry;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.WinnowException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step of the work, from its beginning to its end. It hangs below the span that is current
 * where it begins, also across {@link Fork}; where nobody collects spans it costs next to nothing.
 * Every text in it is redacted and capped here.
 *
 * <pre>{@code
 * TestRun run = Span.of("test run").set("winnow.tests.selection", n).call(span -> {
 *   TestRun done = runner.run(...);
 *   span.set("winnow.tests.verdict", done.verdict().label());
 *   return done;
 * });
 * }</pre>
 */
public final class Span {

  /** Longer texts are cut: a back end has limits of its own and would drop the span. */
  static final int LONGEST = 4096;

  /** The id of the trace that a span is just about to begin. */
  static final ScopedValue<String> TRACE_ID = ScopedValue.newInstance();

  /** What a span is to its neighbours in other processes. */
  public enum Kind {
    INTERNAL(SpanKind.INTERNAL),
    /** A call to somebody else, such as a model's provider. */
    CLIENT(SpanKind.CLIENT),
    /** A call from somebody else. */
    SERVER(SpanKind.SERVER);

    private final SpanKind kind;

    Kind(SpanKind kind) {
      this.kind = kind;
    }
  }

  /** What happens in a span. */
  public interface Work<T extends @Nullable Object, X extends Exception> {
    T run(Span span) throws X;
  }

  /** What happens in a span and has no result. */
  public interface Act<X extends Exception> {
    void run(Span span) throws X;
  }

  private static final Span NONE = new Span(io.opentelemetry.api.trace.Span.getInvalid());

  private final io.opentelemetry.api.trace.Span span;
  private volatile String error = "";

  private Span(io.opentelemetry.api.trace.Span span) {
    this.span = span;
  }

  /** A span that is about to begin. */
  public static Start of(String name) {
    return new Start(name, Current.get());
  }

  /** The same part of a run has the same name in it only: with the run's id it has no double. */
  public static String nameInRun(String part) {
    Current current = Current.get();
    if (current == null) {
      return part;
    }
    String run =
        current.run().isEmpty() ? current().map(TraceContext::traceId).orElse("") : current.run();
    return run.isEmpty() ? part : run + "/" + part;
  }

  /** Names the current span for another process; empty where nobody collects spans. */
  public static Optional<TraceContext> current() {
    Current current = Current.get();
    return current == null
        ? Optional.empty()
        : TraceContext.of(
            io.opentelemetry.api.trace.Span.fromContext(current.context()).getSpanContext());
  }

  /** The current span itself, for those who know more of it than who began it. */
  public static Span now() {
    Current current = Current.get();
    return current == null
        ? NONE
        : new Span(io.opentelemetry.api.trace.Span.fromContext(current.context()));
  }

  /** Does work that belongs to a span of another process, without collecting anything of it. */
  public static <T extends @Nullable Object, X extends Exception> T within(
      Optional<TraceContext> outer, TelemetryCollector.Work<T, X> work) throws X {
    return outer.isEmpty() ? work.run() : TelemetryCollector.off().within(outer.get(), work);
  }

  /** Where this span is. */
  public Optional<TraceContext> context() {
    return TraceContext.of(span.getSpanContext());
  }

  /** Whether anybody will see it: asked before something that costs is put together. */
  public boolean isSeen() {
    return span.isRecording();
  }

  public Span set(String key, @Nullable String value) {
    if (value != null && span.isRecording()) {
      span.setAttribute(key, shown(value));
    }
    return this;
  }

  /** A text that is without secrets and short enough already. */
  public Span setClean(String key, String value) {
    span.setAttribute(key, value);
    return this;
  }

  public Span set(String key, long value) {
    span.setAttribute(key, value);
    return this;
  }

  public Span set(String key, double value) {
    span.setAttribute(key, value);
    return this;
  }

  public Span set(String key, boolean value) {
    span.setAttribute(key, value);
    return this;
  }

  public Span set(String key, List<String> values) {
    if (span.isRecording()) {
      span.setAttribute(
          AttributeKey.stringArrayKey(key), values.stream().map(Span::shown).toList());
    }
    return this;
  }

  /** What was hoped for did not happen, without an exception. */
  public Span failed(String type, String why) {
    error = type;
    if (span.isRecording()) {
      span.setStatus(StatusCode.ERROR, shown(why));
      span.setAttribute("error.type", type);
    }
    return this;
  }

  private void failed(Throwable failure) {
    if (!span.isRecording()) {
      return;
    }
    String type = type(failure);
    String message = failure.getMessage() == null ? type : failure.getMessage();
    failed(type, message);
    span.addEvent(
        "exception",
        Attributes.of(
            AttributeKey.stringKey("exception.type"),
            failure.getClass().getName(),
            AttributeKey.stringKey("exception.message"),
            shown(message)));
  }

  private static String type(Throwable failure) {
    return switch (failure) {
      case WinnowException e -> e.category().name().toLowerCase(Locale.ROOT);
      case Cancellation.Cancelled _ -> "cancelled";
      default -> failure.getClass().getName();
    };
  }

  static String shown(String text) {
    // cut roughly first: nobody redacts megabytes for an attribute
    String some =
        text.length() > 4 * LONGEST
            ? Redact.beforeCut(text.substring(0, 4 * LONGEST))
            : Redact.text(text);
    return some.length() <= LONGEST ? some : some.substring(0, LONGEST - 1) + "…";
  }

  /** A span before it begins: its attributes, and what it belongs to. */
  public static final class Start {
    private final String name;
    private @Nullable Current current;
    private @Nullable String traceId;
    private final @Nullable SpanBuilder builder;

    /** Whether anybody gets it: only then its texts are looked through for secrets. */
    private final boolean seen;

    Start(String name, @Nullable Current current) {
      this.name = name;
      this.current = current;
      this.seen = current != null && current.collector().isOn();
      this.builder =
          current == null
              ? null
              : current
                  .collector()
                  .spanBuilder(seen ? shown(name) : name)
                  .setParent(current.context());
      if (builder != null && current != null && seen) {
        identify(builder, current);
      }
    }

    private static void identify(SpanBuilder builder, Current current) {
      set(builder, "winnow.run.id", current.run());
      set(builder, "winnow.candidate.id", current.candidate());
      set(builder, "gen_ai.agent.name", current.agent());
    }

    private static void set(SpanBuilder builder, String key, String value) {
      if (!value.isEmpty()) {
        builder.setAttribute(key, shown(value));
      }
    }

    public Start kind(Kind kind) {
      if (builder != null) {
        builder.setSpanKind(kind.kind);
      }
      return this;
    }

    public Start set(String key, @Nullable String value) {
      if (builder != null && seen && value != null) {
        builder.setAttribute(key, shown(value));
      }
      return this;
    }

    public Start set(String key, long value) {
      if (builder != null) {
        builder.setAttribute(key, value);
      }
      return this;
    }

    public Start set(String key, boolean value) {
      if (builder != null) {
        builder.setAttribute(key, value);
      }
      return this;
    }

    /** The span belongs to a span of another process. */
    public Start below(Optional<TraceContext> parent) {
      if (builder != null && current != null && parent.isPresent()) {
        builder.setParent(
            current.context().with(io.opentelemetry.api.trace.Span.wrap(parent.get().remote())));
      }
      return this;
    }

    /** The span begins a trace of this id, known before it; the span around it is linked. */
    public Start trace(String id) {
      if (builder != null && current != null && id.matches("(?!0+$)[0-9a-f]{32}")) {
        builder.setNoParent();
        TraceContext.of(
                io.opentelemetry.api.trace.Span.fromContext(current.context()).getSpanContext())
            .ifPresent(this::link);
        traceId = id;
      }
      return this;
    }

    /** Another span has to do with this one, and is neither above nor below it. */
    public Start link(TraceContext other) {
      if (builder != null) {
        builder.addLink(other.remote());
      }
      return this;
    }

    /** This span and all below it are about a run, and go into its timeline. */
    public Start run(String id, RecordSpans timeline) {
      current = current == null ? null : current.withRun(id, timeline);
      return set("winnow.run.id", id);
    }

    /** This span and all below it are one candidate's. */
    public Start candidate(String id, String agent) {
      current = current == null ? null : current.withCandidate(id, agent);
      return set("winnow.candidate.id", id).set("gen_ai.agent.name", agent);
    }

    /** Does the work as this span; what it throws is recorded and thrown on. */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
      Current around = current;
      if (builder == null || around == null) {
        return work.run(NONE);
      }
      io.opentelemetry.api.trace.Span begun =
          traceId == null
              ? builder.startSpan()
              : ScopedValue.where(TRACE_ID, traceId).call(builder::startSpan);
      Span span = new Span(begun);
      Context inside = around.context().with(begun);
      RecordSpans timeline = around.timeline();
      long number = timeline == null ? 0 : timeline.begin(around.span(), name, around.candidate());
      String error = "";
      try {
        return ScopedValue.where(Fork.ALONG, around.inside(inside, number))
            .call(() -> work.run(span));
      } catch (Throwable e) {
        span.failed(e);
        error = type(e);
        throw e;
      } finally {
        begun.end();
        if (timeline != null) {
          timeline.end(number, error.isEmpty() ? span.error : error);
        }
      }
    }

    /** The same for work without a result. */
    public <X extends Exception> void run(Act<X> work) throws X {
      Object _ =
          this.<Object, X>call(span -> {
            work.run(span);
            return this;
          });
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
