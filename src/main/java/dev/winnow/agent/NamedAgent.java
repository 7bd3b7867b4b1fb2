package dev.winnow.agent;

/**
 * One candidate's agent.
 *
 * @param name the agent's name, with #1, #2 behind it when it takes part more than once
 */
public record NamedAgent(String name, Agent agent) {}
