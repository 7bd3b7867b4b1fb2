package dev.winnow.agent;

import java.util.List;
import java.util.Optional;

/**
 * A candidate's agent as a run keeps it, so that any node can build it: everything but secrets.
 *
 * @param name the candidate's name for its agent, with #1, #2 behind it
 * @param agent its configured name or inline form
 * @param script the content of a scripted agent's file
 */
public record AgentRequest(
    String name, String agent, AgentConfig config, Optional<String> script) {

  /** Names of the providers whose credentials are needed to run it. */
  public List<String> needs() {
    return List.of();
  }
}
