package dev.winnow.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.run.CoverSpec;
import dev.winnow.store.Notifications;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server, from the first request to the last. */
public final class WinnowServer implements AutoCloseable {

  private static final Logger REQUESTS = LoggerFactory.getLogger("dev.winnow.http.requests");

  private static final int ATTEMPTS = 5;

  private final ServerOptions options;
  private final Javalin javalin;
  private final FollowRuns follow;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final List<Route> routes;
  private final ChatRoutes chat;
  private final WatchConnections watch;
  private final TellWebhooks webhooks;
  private final Notifications.Subscription revoked;
  private final HoldInterviews interviews = new HoldInterviews();

  private WinnowServer(ServerOptions options, Backend backend, int port) {
    this.options = options;
    this.watch = new WatchConnections(options.limits().seconds());
    this.follow =
        new FollowRuns(
            backend.database(),
            Duration.ofMillis(options.limits().seconds() * 1000L / 3),
            backend.telemetry().metrics());
    Accounts accounts = new Accounts(backend.database());
    this.revoked = backend.database().listen("winnow_credential", _ -> accounts.forgetCallers());
    AuditLog audit = new AuditLog(backend.database());
    GuardRequests guard = new GuardRequests(new AllowedHosts(options, port), options);
    Authenticate authenticate = new Authenticate(accounts, port);
    RateLimit requests = new RateLimit(options.limits().requestsPerMinute(), System::nanoTime);
    RateLimit logins = new RateLimit(options.limits().loginsPerMinute(), System::nanoTime);
    RateLimit.Places places = new RateLimit.Places(options.limits().sockets());
    ServeRoutes serve =
        new ServeRoutes(
            authenticate, guard, requests, audit, options.limits(), backend.telemetry());
    StartOnce once = new StartOnce(backend.database());
    CheckNewRun check = new CheckNewRun(backend, options.repositories());
    this.chat =
        new ChatRoutes(
            new ChatService(backend, follow, accounts, check, requests, audit),
            new Conversations(backend.database()),
            guard,
            authenticate,
            places);
    RunRoutes runs = new RunRoutes(backend, follow, once, check);
    List<Route> all = new ArrayList<>();
    all.addAll(runs.routes());
    all.addAll(new DecideRoutes(backend).routes());
    all.addAll(new LookRoutes(backend).routes());
    all.addAll(new ForkRoutes(backend, once, check, runs).routes());
    all.addAll(new EventRoutes(backend, follow, accounts, places).routes());
    all.addAll(
        new SpecRoutes(backend.specs(), once, check, new CoverSpec(backend.database()), interviews)
            .routes());
    all.addAll(chat.routes());
    all.addAll(new LoginRoutes(accounts, authenticate, guard, logins, audit).routes());
    all.addAll(new UserRoutes(accounts).routes());
    all.addAll(new OperateRoutes(backend).routes());
    all.addAll(new SystemRoutes(backend, stopping).routes());
    Supplier<String> description = once(all);
    all.add(
        Route.get(
                "/openapi.json",
                "describe",
                "This description, in OpenAPI 3.1.",
                _ -> Reply.text("application/json", description.get()))
            .forAccess(Route.Access.ANYBODY)
            .answers(200, "The description.", JsonNode.class));
    this.routes = List.copyOf(all);
    this.webhooks = new TellWebhooks(backend.database(), options.webhooks(), port);
    this.javalin = Javalin.create(config -> configure(config, guard, serve));
  }

  /** Made at the first request: most starts never need it. */
  private static Supplier<String> once(List<Route> routes) {
    AtomicReference<String> made = new AtomicReference<>();
    return () -> {
      String known = made.get();
      if (known == null) {
        known = Json.write(DescribeApi.of(List.copyOf(routes)));
        made.set(known);
      }
      return known;
    };
  }

  /**
   * Starts to listen.
   *
   * @throws WinnowException of category USAGE when the address cannot be bound
   */
  public static WinnowServer start(ServerOptions options, Backend backend) {
    for (int attempt = 1; ; attempt++) {
      // the port must be known before it listens: Host, Origin and cookie depend on it
      int port = ListenOn.port(options);
      WinnowServer server = new WinnowServer(options.on(options.host(), port), backend, port);
      try {
        ListenOn.start(server.javalin, options.host(), port);
        server.watch.start();
        server.webhooks.start();
        return server;
      } catch (WinnowException e) {
        server.close();
        if (options.port() != 0 || attempt == ATTEMPTS) {
          throw e; // with any port: somebody else took the free one meanwhile
        }
      }
    }
  }

  private void configure(JavalinConfig config, GuardRequests guard, ServeRoutes serve) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.compressionStrategy = CompressionStrategy.NONE; // see SendBody
    config.http.maxRequestSize = 4L * options.limits().bodyBytes();
    ListenOn.configure(config, options, watch);
    config.requestLogger.http((context, millis) -> log(guard, context, millis));
    config.routes.before(context -> guard.check(context, false));
    for (Route route : routes) {
      config.routes.addHttpHandler(
          HandlerType.findOrCreate(route.method()),
          route.path(),
          context -> serve.serve(route, context));
      if (route.method().equals("GET")) { // else Javalin would say 200 to any HEAD
        config.routes.addHttpHandler(
            HandlerType.HEAD, route.path(), context -> serve.serve(route, context));
      }
    }
    chat.configure(config);
    ServePage page = new ServePage();
    for (String path : List.of("/", "/<path>")) {
      Handler serveFile =
          context -> {
            if (!page.serve(context)) {
              throw Problem.notFound();
            }
          };
      config.routes.get(path, serveFile);
      config.routes.head(path, serveFile);
    }
    config.routes.exception(Exception.class, (failure, context) -> refuse(guard, failure, context));
    config.routes.exception(
        HttpResponseException.class, (failure, context) -> refuse(guard, failure, context));
  }

  private static void refuse(GuardRequests guard, Exception failure, Context context) {
    if (context.res().isCommitted()) {
      return; // the client went away in the middle of a stream
    }
    guard.harden(context);
    Problem problem = ExplainFailure.of(failure);
    problem.headers().forEach(context::header);
    context.status(problem.status());
    context.contentType("application/problem+json");
    context.result(Json.write(problem.body()));
  }

  /** Without the query, where somebody may have put a secret. */
  private static void log(GuardRequests guard, Context context, float millis) {
    Object who = context.attribute(ServeRoutes.WHO);
    REQUESTS.info(
        "{} {} {} {} {} ms",
        guard.address(context),
        who == null ? "-" : who,
        CleanText.line(context.req().getMethod() + " " + context.req().getRequestURI()),
        context.statusCode(),
        (long) millis);
  }

  public int port() {
    return options.port();
  }

  /** How many clients were cut off so far, because they read too slowly. */
  public long cutClients() {
    return follow.cutClients();
  }

  /** Where clients reach it. */
  public String url() {
    return options.url(port());
  }

  /** Asks clients to come back later, and says that it is not ready; requests are still served. */
  public void drain() {
    stopping.set(true);
    follow.stop();
    chat.stop();
  }

  @Override
  public void close() {
    drain();
    follow.close();
    webhooks.close();
    watch.close();
    interviews.close();
    revoked.close();
    var _ = javalin.stop();
  }
}
