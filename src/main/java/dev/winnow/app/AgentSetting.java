package dev.winnow.app;

import dev.winnow.agent.Agent;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent as it was declared.
 *
 * @param script of a scripted agent, resolved against the directory of the file that names it
 * @param options the other keys as they were written: provider, model, base-url, driver, ...
 */
record AgentSetting(
    String name, Agent.Kind kind, @Nullable Path script, Map<String, String> options) {

  AgentSetting {
    options = Map.copyOf(options);
  }
}
