package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code winnow tokens}: what programs prove with who they are. */
@Command(
    name = "tokens",
    description = "Makes, lists and revokes tokens for programs that use the server.",
    synopsisSubcommandLabel = "COMMAND")
final class TokensCommand implements Callable<Integer> {

  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  boolean help;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getErr());
    }
    return 2;
  }

  /** {@code winnow tokens create}. */
  @Command(description = "Makes a token and prints it; it is not stored, and not shown again.")
  static final class Create implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
        names = "--user",
        paramLabel = "NAME",
        description = "Whose (default: you, as admin when you are no user yet).")
    private @Nullable String user;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "The most that it may do: viewer, runner or admin (default: runner).")
    private String role = "runner";

    @Option(names = "--label", paramLabel = "TEXT", description = "What it is for.")
    private String label = "";

    @Option(
        names = "--days",
        paramLabel = "N",
        description = "How long it lives, 1 to 366 (default: 90).")
    private int days = 90;

    Create(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      if (days < 1 || days > 366) {
        throw WinnowException.usage("--days must be from 1 to 366");
      }
      Role most = Role.of(role);
      try (Services services = common.open(context)) {
        String name = user;
        if (name == null) {
          name = Services.person();
          services.accounts().putFirst(name);
        }
        Accounts.Issued token =
            services.accounts().token(name, most, SafeText.line(label, 100), Duration.ofDays(days));
        services.audit("tokens.create", token.id() + " for " + name);
        common.result(
            context,
            token.secret(),
            "id",
            token.id(),
            "account",
            name,
            "token",
            token.secret(),
            "expiresAt",
            token.expiresAt());
        context
            .console()
            .err()
            .println(
                "winnow: token %s of %s, until %s"
                    .formatted(token.id(), SafeText.line(name, 60), token.expiresAt()));
      }
      return 0;
    }
  }

  /** {@code winnow tokens list}. */
  @Command(description = "Lists the tokens, without their secrets.")
  static final class ListAll implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    ListAll(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services = common.open(context)) {
        List<Accounts.Token> all = services.accounts().tokens(Optional.empty());
        Console console = context.console();
        if (all.isEmpty() && !common.json) {
          console.err().println("No tokens yet: 'winnow tokens create' makes one.");
        }
        for (Accounts.Token token : all) {
          console.out().println(common.json ? Json.write(token) : line(token, Instant.now()));
        }
      }
      return 0;
    }

    private static String line(Accounts.Token token, Instant now) {
      String state =
          token.revoked()
              ? "revoked"
              : (token.expiresAt().isBefore(now) ? "ended " : "until ")
                  + DAY.format(token.expiresAt().atZone(ZoneId.systemDefault()));
      return "%s  %-16s %-7s …%s  %-16s  %s"
          .formatted(
              token.id(),
              SafeText.line(token.account(), 16),
              token.role().label(),
              token.hint(),
              state,
              SafeText.line(token.label(), 60))
          .stripTrailing();
    }
  }

  /** {@code winnow tokens revoke}. */
  @Command(
      description = "Ends a token at once; connections that use it are closed within a minute.")
  static final class Revoke implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "ID", description = "As 'winnow tokens list' shows it.")
    private String id = "";

    Revoke(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services = common.open(context)) {
        Optional<UUID> known =
            services.accounts().tokens(Optional.empty()).stream()
                .map(Accounts.Token::id)
                .filter(one -> one.toString().equalsIgnoreCase(id.strip()))
                .findFirst();
        if (known.isEmpty() || !services.accounts().end(known.get(), Optional.empty())) {
          throw WinnowException.usage("There is no token of this id: see 'winnow tokens list'.");
        }
        UUID token = known.get();
        services.audit("tokens.revoke", token.toString());
        common.result(context, "", "id", token, "revoked", true);
        context.console().err().println("winnow: token %s is revoked".formatted(token));
      }
      return 0;
    }
  }
}
