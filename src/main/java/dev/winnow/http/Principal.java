package dev.winnow.http;

import dev.winnow.run.Whose;
import java.util.UUID;

/**
 * Who sends a request.
 *
 * @param name of the account; what they start carries it
 * @param role the lesser of the account's and the credential's
 * @param credential what they proved it with
 * @param cookie whether that was a browser's cookie, which a browser also sends when another site
 *     tells it to
 */
record Principal(String name, Role role, UUID credential, boolean cookie) {

  Whose whose() {
    return role == Role.ADMIN ? Whose.EVERYBODYS : Whose.of(name);
  }
}
