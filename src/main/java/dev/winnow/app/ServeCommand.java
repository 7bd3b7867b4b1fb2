package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.http.Accounts;
import dev.winnow.http.CheckExposure;
import dev.winnow.http.ServerOptions;
import dev.winnow.http.WinnowServer;
import dev.winnow.telemetry.Logs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow serve}. */
@Command(
    description = {
      "Serves the API and the page in the browser, and works on queued runs, until it is stopped.",
      "It prints its address, and a link that logs a browser in once."
    })
final class ServeCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "The address to listen on (default: 127.0.0.1). Others need users, and TLS or a trusted"
              + " proxy.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port to listen on; 0 for any (default: 8080).")
  private @Nullable Integer port;

  @Option(names = "--no-work", description = "Only serve; leave the runs to 'winnow node'.")
  private boolean noWork;

  ServeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    ServerOptions options =
        settings
            .server()
            .on(
                host == null ? settings.server().host() : host,
                port == null ? settings.server().port() : port);
    Logs.usual(Level.INFO);
    Cancellation stop = context.interrupts().listen();
    try (Services services = Services.openForQueue(context, settings)) {
      Accounts accounts = services.accounts();
      String me = Services.person();
      CheckExposure.check(options, accounts, me);
      accounts.putFirst(me);
      try (WinnowServer server =
              WinnowServer.start(
                  options, services.backend(context.directory(), context.environment()));
          var _ = stop.onCancel(server::drain)) {
        services.listensOn(server.port());
        tell(server, login(accounts, me));
        try (Housekeeping _ = Housekeeping.start(services, context.console().err()::println)) {
          if (noWork) {
            services.waitFor(stop);
          } else {
            services.workOnQueue(stop);
          }
        }
      }
    }
    return 0;
  }

  /** Only for whoever has not come in yet: a link that nobody needs is one that can be stolen. */
  private static Optional<String> login(Accounts accounts, String me) {
    return accounts.hasSession(me) ? Optional.empty() : Optional.of(accounts.login(me).secret());
  }

  private void tell(WinnowServer server, Optional<String> login) {
    String url = server.url();
    if (common.json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "serving");
      line.put("url", url);
      line.put("port", server.port());
      line.put("login", login.map(secret -> url + "/#t=" + secret).orElse(null));
      context.console().out().println(Json.write(line));
    } else {
      context.console().out().println("Winnow serves " + url);
      context
          .console()
          .out()
          .println(
              login
                  .map(secret -> "Log in, once, within 30 minutes: " + url + "/#t=" + secret)
                  .orElse("Another browser logs in with: winnow users login " + Services.person()));
    }
    context.console().flush();
  }
}
