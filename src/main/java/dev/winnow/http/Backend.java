package dev.winnow.http;

import dev.winnow.agent.AgentRegistry;
import dev.winnow.run.CleanUp;
import dev.winnow.run.RunTerms;
import dev.winnow.run.StartRun;
import dev.winnow.store.Database;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the server offers to its clients: the same use cases as the command line's.
 *
 * @param snapshots where nodes leave files for each other, if not in the database
 * @param directory what relative script files are relative to
 * @param usualAgents who works when nobody is named
 * @param dual whether all of them answer a message of a chat
 * @param agentSources where each agent was declared
 * @param terms what a run gets when nothing else is asked for
 * @param specs what makes requests clear
 * @param settings what may be shown of them
 * @param cleanUp takes away what nobody needs any more
 * @param examine looks at the machine, which takes seconds
 * @param telemetry gets the spans of requests, and has the content of {@code /metrics}
 */
public record Backend(
    Database database,
    Path dataDirectory,
    Optional<SharedRemote> snapshots,
    StartRun start,
    AgentRegistry agents,
    Path directory,
    List<String> usualAgents,
    boolean dual,
    Map<String, String> agentSources,
    RunTerms terms,
    Specs specs,
    Supplier<List<Setting>> settings,
    CleanUp cleanUp,
    Supplier<List<Check>> examine,
    TelemetryCollector telemetry) {

  /**
   * One setting as people may see it; its components are the JSON form.
   *
   * @param value never a secret
   * @param source file and line, variable or option; {@code default} when nothing sets it
   */
  public record Setting(String setting, String value, String source) {}

  /**
   * One finding about the machine; its components are the JSON form.
   *
   * @param state ok, weak, optional or missing
   * @param remedy what to do about it, empty when nothing is to be done
   */
  public record Check(String name, String state, String detail, String remedy) {}

  public Backend {
    usualAgents = List.copyOf(usualAgents);
    agentSources = Map.copyOf(agentSources);
  }
}
