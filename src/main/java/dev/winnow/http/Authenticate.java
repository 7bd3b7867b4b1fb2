package dev.winnow.http;

import io.javalin.http.Context;
import java.util.Optional;

/** Finds out who sends a request: a bearer token, or the cookie of a log-in. Never the URL. */
final class Authenticate {

  private static final String BEARER = "Bearer ";

  private final Accounts accounts;
  private final String cookie;

  Authenticate(Accounts accounts, int port) {
    this.accounts = accounts;
    // cookies do not know ports: two servers on one machine would log each other out
    this.cookie = "winnow_" + port;
  }

  /** Empty when nobody says who they are. */
  Optional<Principal> who(Context context) {
    String header = context.header("Authorization");
    if (header != null) {
      if (!header.startsWith(BEARER) || header.length() > 200) {
        throw unknown();
      }
      Principal principal =
          accounts
              .who(header.substring(BEARER.length()).strip(), Accounts.Kind.TOKEN)
              .orElseThrow(Authenticate::unknown);
      accounts.used(principal.credential());
      return Optional.of(principal);
    }
    String session = context.cookie(cookie);
    return session == null || session.length() > 200
        ? Optional.empty()
        : accounts.who(session, Accounts.Kind.SESSION);
  }

  static Problem unknown() {
    return Problem.of(
            401,
            "not-logged-in",
            "Log in with the link that 'winnow serve' or 'winnow users login' prints, or send a token.")
        .with("WWW-Authenticate", "Bearer");
  }

  void remember(Context context, Accounts.Issued session, boolean secure) {
    context.header("Set-Cookie", cookie(session.secret(), 30 * 24 * 3600, secure));
  }

  void forget(Context context, boolean secure) {
    context.header("Set-Cookie", cookie("", 0, secure));
  }

  /** Secure only where the transport is: browsers would not send it back over plain HTTP. */
  private String cookie(String value, int seconds, boolean secure) {
    return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
        .formatted(cookie, value, seconds, secure ? "; Secure" : "");
  }
}
