package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import java.time.Duration;
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
      try (Services services =
          Services.open(context, common.settings(context, context.directory()))) {
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
      try (Services services =
          Services.open(context, common.settings(context, context.directory()))) {
        for (Accounts.Token token : services.accounts().tokens(Optional.empty())) {
          context
              .console()
              .out()
              .println(
                  common.json
                      ? dev.winnow.Json.write(token)
                      : "%s  %-16s %-7s …%s  until %s%s  %s"
                          .formatted(
                              token.id(),
                              SafeText.line(token.account(), 16),
                              token.role().label(),
                              token.hint(),
                              token.expiresAt(),
                              token.revoked() ? "  revoked" : "",
                              SafeText.line(token.label(), 60)));
        }
      }
      return 0;
    }
  }

  /** {@code winnow tokens revoke}. */
  @Command(
      description = "Ends a token at once; connections that use it are closed within a minute.")
  static final class Revoke implements Callable<Integer> {
    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "ID", description = "As 'winnow tokens list' shows it.")
    private @Nullable UUID id;

    Revoke(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services =
          Services.open(context, common.settings(context, context.directory()))) {
        UUID token = id;
        if (token == null || !services.accounts().end(token, Optional.empty())) {
          throw WinnowException.usage("There is no token of this id: see 'winnow tokens list'.");
        }
        services.audit("tokens.revoke", token.toString());
        common.result(context, "", "id", token, "revoked", true);
      }
      return 0;
    }
  }
}
