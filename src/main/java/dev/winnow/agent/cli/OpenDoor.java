package dev.winnow.agent.cli;

import dev.winnow.agent.AgentPlace;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.Door;
import dev.winnow.workspace.ProgramHome;
import dev.winnow.workspace.egress.AllowedHost;
import dev.winnow.workspace.egress.EgressProxy;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The way to the provider for one session, and what the program has to know about it.
 *
 * @param proxy what else has to be closed
 */
record OpenDoor(Door door, Access access, Runnable proxy) implements AutoCloseable {

  /**
   * Opens it.
   *
   * @param activity is called whenever something came from the provider
   * @param refusals is told what was not let through
   */
  static OpenDoor open(
      CliSettings settings,
      AgentPlace place,
      ProgramHome home,
      Runnable activity,
      Consumer<String> refusals) {
    if (settings.logIn().isPresent()) {
      FindLogIn.LogIn logIn = settings.logIn().get();
      EgressProxy proxy =
          new EgressProxy(
              settings.program().logInHosts().stream().map(AllowedHost::parse).toList(),
              AddressRule.PUBLIC_ONLY,
              false,
              settings.upstream(),
              refusals);
      Door door =
          Door.open(
              place.sandbox(),
              place.workspace(),
              home.directory(),
              connection -> {
                activity.run();
                proxy.serve(connection);
              });
      return new OpenDoor(
          door, new Access.LogIn(door.port(), logIn.files(), logIn.environment()), () -> {});
    }
    // by its looks it is taken out of whatever the program prints
    String standIn = "wnw_" + UUID.randomUUID();
    CredentialProxy proxy =
        new CredentialProxy(
            ProviderCalls.of(settings.driver().provider()),
            settings.base(),
            settings.key(),
            standIn,
            settings.upstream(),
            activity);
    Door door = Door.open(place.sandbox(), place.workspace(), home.directory(), proxy);
    return new OpenDoor(door, new Access.Key(door.port(), standIn), proxy::close);
  }

  @Override
  public void close() {
    proxy.run();
    door.close();
  }
}
