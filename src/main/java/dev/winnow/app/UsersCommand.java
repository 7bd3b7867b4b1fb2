package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code winnow users}: who may use the server. */
@Command(
    name = "users",
    description = "Lists, adds and disables the users of the server.",
    synopsisSubcommandLabel = "COMMAND")
final class UsersCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  UsersCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return list(context, common);
  }

  private static int list(Context context, CommonOptions common) {
    Console console = context.console();
    try (Services services = common.open(context)) {
      List<Accounts.Account> all = services.accounts().all();
      if (all.isEmpty() && !common.json) {
        console
            .err()
            .println(
                "No users yet: 'winnow serve' makes you one, 'winnow users add NAME' another.");
      }
      for (Accounts.Account account : all) {
        console
            .out()
            .println(
                common.json
                    ? Json.write(account)
                    : "%-24s %-7s %s"
                        .formatted(
                            account.name(),
                            account.role().label(),
                            account.disabled() ? "disabled" : "")
                        .stripTrailing());
      }
    }
    return 0;
  }

  /** {@code winnow users list}: what 'winnow users' alone does, too. */
  @Command(description = "Lists the users.")
  static final class ListAll implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    ListAll(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      return list(context, common);
    }
  }

  /** {@code winnow users add}. */
  @Command(description = "Adds a user, or gives one another role.")
  static final class Add implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "1 to 60 letters, digits or . _ @ -")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "viewer, runner or admin (default: runner).")
    private String role = "runner";

    Add(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services = common.open(context)) {
        services.accounts().put(name, Role.of(role));
        services.audit("users.add", name + " " + role);
        common.result(context, "", "name", name, "role", role);
        context
            .console()
            .err()
            .println(
                "winnow: %s is a user, as %s; a link to log in: winnow users login %s"
                    .formatted(name, role, name));
      }
      return 0;
    }
  }

  /** {@code winnow users login}. */
  @Command(
      description = {
        "Prints a link that logs a browser in once, within 30 minutes.",
        "Give the address under which the browser reaches the server."
      })
  static final class Login implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Option(
        names = "--url",
        paramLabel = "URL",
        description = "Where the server is (default: http://127.0.0.1:8080).")
    private String url = "http://127.0.0.1:8080";

    Login(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services = common.open(context)) {
        Accounts.Issued link = services.accounts().login(name);
        services.audit("users.login", name);
        String login = url.replaceFirst("/+$", "") + "/#t=" + link.secret();
        common.result(context, login, "name", name, "login", login, "expiresAt", link.expiresAt());
      }
      return 0;
    }
  }

  /** {@code winnow users disable}. */
  @Command(description = "Ends all sessions and tokens of a user, and lets nobody in by that name.")
  static final class Disable implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    Disable(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services = common.open(context)) {
        if (!services.accounts().disable(name)) {
          throw WinnowException.usage("There is no user of this name: see 'winnow users'.");
        }
        services.audit("users.disable", name);
        common.result(context, "", "name", name, "disabled", true);
        context
            .console()
            .err()
            .println("winnow: %s is out: sessions and tokens have ended".formatted(name));
      }
      return 0;
    }
  }
}
