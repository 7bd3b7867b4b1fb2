package dev.winnow.http;

import dev.winnow.WinnowException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Accounts, for admins. */
final class UserRoutes {

  private static final String PATH = "/api/v1/users";

  record AccountList(List<Accounts.Account> items) {}

  /**
   * @param role viewer, runner or admin; a runner when it is left out
   */
  record NewUser(@Nullable String name, @Nullable String role) {}

  /**
   * A way in for a browser.
   *
   * @param token the fragment of a link, as in {@code https://server/#t=TOKEN}; shown only now
   */
  record Link(String token, Instant expiresAt) {}

  private final Accounts accounts;

  UserRoutes(Accounts accounts) {
    this.accounts = accounts;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                PATH,
                "listUsers",
                "Everybody who may use the server.",
                _ -> Reply.json(new AccountList(accounts.all())))
            .forAccess(Route.Access.ADMIN)
            .answers(200, "The accounts.", AccountList.class),
        Route.post(
                PATH,
                "putUser",
                "Adds a user, or gives one another role; one that was disabled is let in again.",
                NewUser.class,
                this::put)
            .forAccess(Route.Access.ADMIN)
            .answers(200, "The account.", NewUser.class)
            .answers(422, "The name or the role cannot be.", Problem.Body.class),
        Route.delete(
                PATH + "/{name}",
                "disableUser",
                "Ends all sessions and tokens of a user, and lets nobody in by that name.",
                this::disable)
            .forAccess(Route.Access.ADMIN)
            .answers(204, "Done.")
            .answers(409, "It is your own account.", Problem.Body.class),
        Route.post(
                PATH + "/{name}/login",
                "makeLogin",
                "Makes a link that logs a browser in once, within 30 minutes.",
                RunShapes.Nothing.class,
                this::login)
            .forAccess(Route.Access.ADMIN)
            .answers(201, "The link's secret.", Link.class));
  }

  private Reply put(Request request) {
    NewUser asked = request.body(NewUser.class);
    String name = asked.name() == null ? "" : asked.name();
    String role = asked.role() == null ? Role.RUNNER.label() : asked.role();
    if (name.equals(request.who().name()) && !role.equals(Role.ADMIN.label())) {
      throw Problem.invalid("role", "This is your own account: another admin may change it.");
    }
    Role known;
    try {
      known = Role.of(role);
    } catch (WinnowException e) {
      throw Problem.invalid("role", String.valueOf(e.getMessage()));
    }
    try {
      accounts.put(name, known);
    } catch (WinnowException e) {
      throw Problem.invalid("name", String.valueOf(e.getMessage()));
    }
    return Reply.json(new NewUser(name, role));
  }

  private Reply disable(Request request) {
    String name = request.context().pathParam("name");
    if (name.equals(request.who().name())) {
      // a slip of the hand that only the command line could mend
      throw Problem.conflict("This is your own account: another admin may disable it.");
    }
    if (!accounts.disable(name)) {
      throw Problem.notFound();
    }
    return Reply.NOTHING;
  }

  private Reply login(Request request) {
    String name = request.context().pathParam("name");
    var _ = request.body(RunShapes.Nothing.class);
    if (accounts.all().stream().noneMatch(a -> a.name().equals(name) && !a.disabled())) {
      throw Problem.notFound();
    }
    Accounts.Issued link = accounts.login(name);
    return Reply.json(201, new Link(link.secret(), link.expiresAt()));
  }
}
