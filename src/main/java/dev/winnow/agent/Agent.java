package dev.winnow.agent;

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

  /** Starts a session in a workspace; its prompts share one conversation. */
  AgentSession open(AgentContext context);
}
