package dev.winnow.app;

import dev.winnow.agent.AgentState;
import dev.winnow.agent.Driver;
import dev.winnow.agent.cli.CliAgents;
import dev.winnow.app.Doctor.Check;
import dev.winnow.app.Doctor.State;
import java.util.List;
import java.util.stream.Stream;

/** Agent programs: found, of a version that works, logged in. */
final class CheckPrograms {

  private CheckPrograms() {}

  static List<Check> of(Settings settings) {
    CliAgents agents = Agents.programs(settings);
    return Stream.of(Driver.values()).map(driver -> check(settings, agents, driver)).toList();
  }

  private static Check check(Settings settings, CliAgents agents, Driver driver) {
    AgentState state = agents.state(Agents.program(settings, driver));
    String version = agents.version(driver).orElse("");
    return switch (state.status()) {
      case READY -> new Check(driver.label(), State.OK, version, "");
      case CLI_NOT_FOUND -> new Check(driver.label(), State.OPTIONAL, "not found", state.detail());
      case CLI_UNUSABLE ->
          new Check(driver.label(), State.OPTIONAL, "cannot be used", state.detail());
      case MISSING_KEY, NOT_LOGGED_IN, SCRIPT_UNREADABLE, UNSUPPORTED ->
          new Check(driver.label(), State.OPTIONAL, version, state.detail());
    };
  }
}
