package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.StoreAgents;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.workspace.Mirror;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks everything about a run that can be known before it exists: the repository, the base, the
 * agents and the test runner. What is wrong is one clear line, and nothing was started.
 */
public final class PrepareRun {

  private final Path dataDirectory;
  private final AgentRegistry agents;
  private final BindRunner binding;
  private final RunLimits limits;

  public PrepareRun(
      Path dataDirectory, AgentRegistry agents, BindRunner binding, RunLimits limits) {
    this.dataDirectory = dataDirectory;
    this.agents = agents;
    this.binding = binding;
    this.limits = limits;
  }

  /**
   * Prepares a run.
   *
   * @param directory what relative script files are relative to
   * @param fileTools whether agents get the {@code fs_*} tools
   * @param tools names of those that reach out of the workspace
   * @param sandboxOptional whether the run may go on without a sandbox where there is none
   * @throws WinnowException of category USAGE or SETTINGS for what the user can mend, BUDGET when
   *     the time of the run is over before it exists
   */
  public RunRequest prepare(
      RunOptions options,
      Path directory,
      boolean fileTools,
      List<String> tools,
      boolean sandboxOptional) {
    Cancellation stop = new Cancellation();
    try (Stopwatch _ = new Stopwatch(options.maxTime(), () -> stop.cancel("time limit"))) {
      return prepare(options, directory, fileTools, tools, sandboxOptional, stop);
    } catch (Cancellation.Cancelled e) {
      throw new WinnowException(
          WinnowException.Category.BUDGET,
          "The time limit (%d s) was reached while the repository was read: give the run more with --max-time."
              .formatted(options.maxTime().toSeconds()),
          e);
    }
  }

  private RunRequest prepare(
      RunOptions options,
      Path directory,
      boolean fileTools,
      List<String> tools,
      boolean sandboxOptional,
      Cancellation stop) {
    List<NamedAgent> candidates = agents.resolve(options.agents(), directory);
    Optional<NamedAgent> tester =
        options.tester().map(name -> agents.resolve(List.of(name), directory).getFirst());
    Mirror mirror = Mirror.open(dataDirectory, options.repository()).until(stop);
    String head = mirror.pin(options.base().orElse("HEAD"));
    String base = head;
    List<String> uncommitted = options.base().isPresent() ? List.of() : mirror.uncommitted();
    boolean include = options.includeUncommitted() && !uncommitted.isEmpty();
    if (options.includeUncommitted() && options.base().isPresent()) {
      throw WinnowException.usage(
          "--include-uncommitted takes the work on top of HEAD: leave --base out.");
    }
    if (include) {
      base = mirror.pinUncommitted(base);
    }
    PreparedRunner _ =
        BindTests.bind(
            binding,
            mirror,
            mirror.treeOf(base),
            options.runner(),
            options.testCommand(),
            options.junit());
    StoreAgents store = new StoreAgents(agents);
    List<AgentRequest> stored =
        candidates.stream().map(agent -> store.request(agent, directory)).toList();
    return new RunRequest(
        options.task(),
        mirror.repository().toString(),
        mirror.identity(),
        mirror.objectFormat(),
        head,
        base,
        include ? List.of() : uncommitted,
        stored,
        tester.map(agent -> store.request(agent, directory)),
        options.runner(),
        options.testCommand(),
        options.junit(),
        options.maxTime(),
        limits.testWall(),
        limits.command().wall(),
        options.branch(),
        fileTools,
        tools,
        sandboxOptional,
        Optional.of(options.terms()),
        Optional.empty(),
        Optional.empty(),
        false,
        options.source());
  }
}
