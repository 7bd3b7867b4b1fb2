package dev.winnow.run;

import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * What this machine gives to the runs that it works on.
 *
 * @param limits its share of a run; those that the request names are the request's
 * @param testRuns one permit for each test run at the same time, over all runs
 * @param sandbox for a run that may, or may not, go on without one
 * @param toolbox for a request, since a run has the same tools on every node
 * @param snapshots where files are left for other nodes, if not in the database
 */
public record Machine(
    Path dataDirectory,
    AgentRegistry agents,
    RunLimits limits,
    Semaphore testRuns,
    Function<Boolean, Sandbox> sandbox,
    Function<Sandbox, BindRunner> binding,
    Function<RunRequest, Toolbox> toolbox,
    Optional<SharedRemote> snapshots) {}
