package dev.winnow.http;

import dev.winnow.WinnowException;

/** Refuses to stand open on a network: others may reach the server only if they must log in. */
public final class CheckExposure {

  private CheckExposure() {}

  /**
   * @param me the account of whoever starts the server, which needs no set-up
   * @throws WinnowException of category SETTINGS when the server would be exposed
   */
  public static void check(ServerOptions options, Accounts accounts, String me) {
    if (options.isPrivate()) {
      return;
    }
    if (options.tls().isEmpty() && options.proxies().isEmpty()) {
      throw refused(
          options,
          "set server.tls, or server.trusted-proxies when a proxy in front of it ends TLS");
    }
    if (!accounts.areSetUp(me)) {
      throw refused(
          options,
          "make users besides %s first: winnow users add NAME, or winnow tokens create"
              .formatted(CleanText.line(me)));
    }
    if (options.hosts().isEmpty()) {
      throw refused(options, "name it in server.hosts, as clients do");
    }
  }

  private static WinnowException refused(ServerOptions options, String remedy) {
    return new WinnowException(
        WinnowException.Category.SETTINGS,
        "%s can be reached by others, so the server does not start there: %s."
            .formatted(CleanText.line(options.host()), remedy));
  }
}
