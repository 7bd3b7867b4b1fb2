package dev.winnow.http;

import dev.winnow.WinnowException;
import dev.winnow.run.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is there: log-in, log-out, tokens and accounts. */
final class LoginRoutes {

  /**
   * @param token from the fragment of the link
   */
  record Login(@Nullable String token) {}

  record Me(String name, Role role, String node) {}

  /**
   * @param role at most the asker's own; theirs when it is left out
   * @param days that it lives; 90 when it is left out
   */
  record NewToken(@Nullable String label, @Nullable String role, @Nullable Integer days) {}

  /**
   * @param token shown here and never again
   */
  record IssuedToken(java.util.UUID id, String token, java.time.Instant expiresAt) {}

  record TokenList(List<Accounts.Token> items) {}

  private static final int LONGEST_LABEL = 100;

  private final Accounts accounts;
  private final Authenticate authenticate;
  private final GuardRequests guard;
  private final RateLimit logins;
  private final AuditLog audit;

  LoginRoutes(
      Accounts accounts,
      Authenticate authenticate,
      GuardRequests guard,
      RateLimit logins,
      AuditLog audit) {
    this.accounts = accounts;
    this.authenticate = authenticate;
    this.guard = guard;
    this.logins = logins;
    this.audit = audit;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/login",
                "logIn",
                "Turns a log-in link's secret into a cookie, once.",
                Login.class,
                this::logIn)
            .forAccess(Route.Access.ANYBODY)
            .answers(204, "Logged in; the cookie is set.")
            .answers(401, "The link is wrong, used, or too old.", Problem.Body.class),
        Route.delete("/api/v1/login", "logOut", "Ends the session of the cookie.", this::logOut)
            .answers(204, "Logged out."),
        Route.get("/api/v1/me", "whoAmI", "Who is logged in.", this::me)
            .answers(200, "The account, and its role here.", Me.class),
        Route.get(
                "/api/v1/tokens",
                "listTokens",
                "One's own tokens; an admin sees everybody's.",
                this::tokens)
            .answers(200, "The tokens, without their secrets.", TokenList.class),
        Route.post(
                "/api/v1/tokens",
                "createToken",
                "Makes a token for a program.",
                NewToken.class,
                this::create)
            .answers(201, "The token, which is shown only now.", IssuedToken.class)
            .answers(422, "A field means something that cannot be.", Problem.Body.class),
        Route.delete("/api/v1/tokens/{id}", "revokeToken", "Ends a token at once.", this::revoke)
            .forAccess(Route.Access.RUNNER)
            .answers(204, "Revoked."));
  }

  private Reply logIn(Request request) {
    logins.take(guard.address(request.context()));
    String token = request.body(Login.class).token();
    Optional<Accounts.Issued> session =
        token == null || token.length() > 200 ? Optional.empty() : accounts.redeem(token);
    String address = guard.address(request.context());
    if (session.isEmpty()) {
      audit.add("", "log-in", address, "refused");
      throw Authenticate.unknown();
    }
    Principal who =
        accounts
            .who(session.get().secret(), Accounts.Kind.SESSION)
            .orElseThrow(Authenticate::unknown);
    audit.add(who.name(), "log-in", address, "done");
    authenticate.remember(request.context(), session.get(), guard.isSecure(request.context()));
    return Reply.NOTHING;
  }

  private Reply logOut(Request request) {
    boolean _ = accounts.end(request.who().credential(), Optional.of(request.who().name()));
    authenticate.forget(request.context(), guard.isSecure(request.context()));
    return Reply.NOTHING;
  }

  private Reply me(Request request) {
    return Reply.json(new Me(request.who().name(), request.who().role(), Node.name()));
  }

  private Reply tokens(Request request) {
    return Reply.json(new TokenList(accounts.tokens(request.who().whose().submitter())));
  }

  private Reply create(Request request) {
    NewToken asked = request.body(NewToken.class);
    Principal who = request.who();
    int days = asked.days() == null ? (int) Accounts.TOKEN_LIFE.toDays() : asked.days();
    if (days < 1 || days > 366) {
      throw Problem.invalid("days", "Must be from 1 to 366.");
    }
    String label = asked.label() == null ? "" : CleanText.line(asked.label());
    if (label.length() > LONGEST_LABEL) {
      throw Problem.invalid("label", "Must have at most 100 characters.");
    }
    Role role = asked.role() == null ? who.role() : role(asked.role());
    if (!who.role().atLeast(role)) {
      throw Problem.forbidden("A token cannot do more than whoever makes it.");
    }
    Accounts.Issued issued = accounts.token(who.name(), role, label, Duration.ofDays(days));
    return Reply.json(201, new IssuedToken(issued.id(), issued.secret(), issued.expiresAt()));
  }

  private static Role role(String label) {
    try {
      return Role.of(label);
    } catch (WinnowException e) {
      throw Problem.invalid("role", String.valueOf(e.getMessage()));
    }
  }

  private Reply revoke(Request request) {
    if (!accounts.end(request.id("id"), request.who().whose().submitter())) {
      throw Problem.notFound();
    }
    return Reply.NOTHING;
  }
}
