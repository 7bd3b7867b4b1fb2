package dev.winnow.app;

import dev.winnow.agent.AgentConfig;

/**
 * An agent with its name.
 *
 * @param declared in a file; otherwise it is there because a key or a program is
 * @param where file and line, or the variable or program that makes it appear
 */
record AgentSetting(String name, AgentConfig config, boolean declared, String where) {}
