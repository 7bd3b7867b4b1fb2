package dev.winnow.http;

import dev.winnow.Json;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.telemetry.TraceContext;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one route: who asks, may they, how often, and then the route itself. */
final class ServeRoutes {

  static final String WHO = "winnow.who";

  private final Authenticate authenticate;
  private final GuardRequests guard;
  private final RateLimit requests;
  private final AuditLog audit;
  private final ServerOptions.Limits limits;
  private final TelemetryCollector telemetry;

  ServeRoutes(
      Authenticate authenticate,
      GuardRequests guard,
      RateLimit requests,
      AuditLog audit,
      ServerOptions.Limits limits,
      TelemetryCollector telemetry) {
    this.telemetry = telemetry;
    this.authenticate = authenticate;
    this.guard = guard;
    this.requests = requests;
    this.audit = audit;
    this.limits = limits;
  }

  void serve(Route route, Context context) throws Exception {
    Route _ =
        telemetry.<Route, Exception>collecting(() -> {
          traced(route, context);
          return route;
        });
  }

  /** Who asks, or why that cannot be said. */
  private record Caller(Optional<Principal> who, @Nullable Problem refusal) {}

  private Caller caller(Context context) {
    try {
      return new Caller(authenticate.who(context), null);
    } catch (RuntimeException e) {
      return new Caller(Optional.empty(), ExplainFailure.of(e));
    }
  }

  /**
   * The client's span, where it names one, is above this one: for those who have logged in. Anybody
   * else could fill a trace of others, or keep what he does out of all.
   */
  private static Optional<TraceContext> above(Caller caller, Context context) {
    return caller.who().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(context.header("traceparent")).flatMap(TraceContext::parse);
  }

  private void traced(Route route, Context context) throws Exception {
    long begun = System.nanoTime();
    String method = route.method();
    Caller caller = caller(context);
    Optional<Problem> refused =
        Span.of(method + " " + route.path())
            .kind(Span.Kind.SERVER)
            .set("http.request.method", method)
            .set("http.route", route.path())
            .set("url.path", context.path())
            .set("url.scheme", context.scheme())
            .below(above(caller, context))
            .call(span -> {
              Optional<Problem> problem = answered(route, context, caller);
              int status = problem.map(Problem::status).orElseGet(context::statusCode);
              span.set("http.response.status_code", status);
              if (status >= 500) {
                // what a client did wrong is no error of the server
                span.failed(
                    String.valueOf(status), problem.map(Problem::getMessage).orElse("HTTP"));
              }
              Duration time = Duration.ofNanos(System.nanoTime() - begun);
              Metrics.current().requestServed(method, context.scheme(), route.path(), status, time);
              return problem;
            });
    if (refused.isPresent()) {
      throw refused.get();
    }
  }

  /** Empty, or why not: explained once, since that also logs what nobody expected. */
  private Optional<Problem> answered(Route route, Context context, Caller caller) {
    try {
      // what anybody may see is no reason to look at who asks
      if (caller.refusal() != null && route.access() != Route.Access.ANYBODY) {
        throw caller.refusal();
      }
      answer(route, context, caller.who());
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(ExplainFailure.of(e));
    }
  }

  private void answer(Route route, Context context, Optional<Principal> who) throws Exception {
    requests.take(who.map(Principal::name).orElseGet(() -> "@" + guard.address(context)));
    who.ifPresent(known -> context.attribute(WHO, known.name()));
    boolean changes = !route.method().equals("GET");
    if (route.access() != Route.Access.ANYBODY) {
      Principal known = who.orElseThrow(Authenticate::unknown);
      if (changes) {
        GuardRequests.requireOrigin(context, known);
      }
      if (!route.access().allows(known.role())) {
        audit.add(known.name(), route.id(), context.path(), "refused: " + known.role().label());
        throw Problem.forbidden(
            "This needs the role %s; yours is %s."
                .formatted(
                    route.access().name().toLowerCase(java.util.Locale.ROOT),
                    known.role().label()));
      }
    }
    requireKnownParameters(route, context);
    Request request =
        new Request(
            context,
            who.orElse(null),
            limits.bodyBytes() * route.bodyBytes(),
            Duration.ofSeconds(limits.seconds()));
    Reply reply = route.handle().reply(request);
    if (changes && route.access() != Route.Access.ANYBODY) {
      audit.add(request.who().name(), route.id(), target(reply, context), "done");
    }
    write(reply, context);
  }

  private static String target(Reply reply, Context context) {
    return reply.headers().getOrDefault("Location", context.path());
  }

  /** A misspelt filter that is ignored shows the wrong thing. */
  private static void requireKnownParameters(Route route, Context context) {
    if (context.req().getQueryString() == null) {
      return;
    }
    Set<String> known =
        route.parameters().stream()
            .filter(p -> !p.header())
            .map(Route.Parameter::name)
            .collect(Collectors.toSet());
    for (String name : context.queryParamMap().keySet()) {
      if (!known.contains(name)) {
        throw Problem.malformed(CleanText.line(name), "There is no such parameter here.");
      }
      if (context.queryParams(name).size() > 1) {
        throw Problem.malformed(name, "Only once.");
      }
    }
  }

  private static void write(Reply reply, Context context) throws IOException {
    if (reply.status() == 0) {
      return;
    }
    reply.headers().forEach(context::header);
    Object body = reply.body();
    context.status(reply.status());
    if (body == null) {
      return;
    }
    byte[] bytes =
        body instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : Json.bytes(body);
    if (reply.status() == 200 && GuardRequests.READ_ONLY.contains(context.req().getMethod())) {
      String etag = ServePage.etag(bytes);
      context.header("ETag", etag);
      context.header("Cache-Control", "private, no-cache");
      if (ServePage.isKnown(context, etag)) {
        context.status(304);
        return;
      }
    }
    context.contentType(reply.type());
    SendBody.to(context, bytes);
  }
}
