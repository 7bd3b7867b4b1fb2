package dev.winnow.agent;

import java.util.Optional;

/** A coding agent, whatever drives it. */
public interface Agent {

  /** How it is driven. */
  enum Kind {
    SDK,
    CLI,
    HTTP,
    SCRIPTED
  }

  /** The configured name, or the inline form such as {@code scripted:right.json}. */
  String name();

  Kind kind();

  /**
   * The name of its model when nobody knows before a call what that can cost, so that no budget in
   * money can be kept; empty when a price is known, or it costs nothing.
   */
  Optional<String> unpriced();

  /** Starts a session in a workspace; its prompts share one conversation. */
  AgentSession open(AgentContext context);
}
