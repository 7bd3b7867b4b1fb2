package dev.winnow.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An agent as declared in the settings.
 *
 * @param script of a scripted agent; relative to the directory that the registry resolves against
 */
public record AgentConfig(Agent.Kind kind, @Nullable Path script) {}
