package dev.winnow.agent;

import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Where an agent works that is a program of its own.
 *
 * @param workspace the candidate's files
 * @param home a name that is free beside the workspace, for what the program keeps
 * @param command turns an argv into a command in the workspace, in the surroundings that its tests
 *     have: programs, caches, environment, limits
 */
public record AgentPlace(
    Path workspace, Path home, Sandbox sandbox, Function<List<String>, SandboxCommand> command) {}
