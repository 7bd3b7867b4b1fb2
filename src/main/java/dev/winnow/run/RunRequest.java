package dev.winnow.run;

import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.Task;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that a node needs to work on a run of kind {@code change}; stored with the run. No key is in
 * it, and nothing outside of the database and the repository is needed.
 *
 * @param repository path of the user's repository where the run was submitted
 * @param identity of its mirror there
 * @param objectFormat sha1 or sha256
 * @param head the user's commit; a repository that does not have it is another one
 * @param base the commit that all candidates start from: head, or head with uncommitted work
 * @param leftOut uncommitted paths that the run does not see
 * @param maxTime of the work on the run, over all nodes
 * @param fileTools whether agents get the {@code fs_*} tools
 * @param tools that reach out of the workspace and were switched on where the run was submitted:
 *     what a model is offered is a part of its conversation, so all nodes must offer the same
 * @param judge asked where the evidence leaves a tie, and about answers
 * @param answer whether it is a question, and only task, agents, judge and time mean something
 * @param source where the task comes from, when somebody planned it
 * @param sandboxOptional whether the run may go on without a sandbox where there is none
 * @param taskBefore of a fork with another task: what conversations began with before the cut
 */
public record RunRequest(
    Task task,
    String repository,
    String identity,
    String objectFormat,
    String head,
    String base,
    List<String> leftOut,
    List<AgentRequest> agents,
    Optional<AgentRequest> tester,
    Optional<String> runner,
    Optional<String> testCommand,
    Optional<String> junit,
    Duration maxTime,
    Duration testTime,
    Duration commandTime,
    boolean branch,
    boolean fileTools,
    List<String> tools,
    boolean sandboxOptional,
    Optional<RunTerms> terms,
    Optional<Task> taskBefore,
    Optional<AgentRequest> judge,
    boolean answer,
    Optional<RunSource> source) {
  public RunRequest {
    // what another version stored may lack them
    Stream.of(task, repository, identity, objectFormat, head, base, maxTime, testTime, commandTime)
        .forEach(Objects::requireNonNull);
    leftOut = List.copyOf(leftOut);
    agents = List.copyOf(agents);
    tools = List.copyOf(tools);
  }

  /** What must be observable afterwards; empty when nobody said so. */
  List<Criterion> criteria() {
    return source.map(RunSource::criteria).orElse(List.of());
  }

  RunTerms termsOrUsual() {
    return terms.orElse(RunTerms.USUAL);
  }

  /** The request of a fork. */
  RunRequest forked(Task changedTask, List<AgentRequest> changedAgents, Budget budget) {
    return new RunRequest(
        changedTask,
        repository,
        identity,
        objectFormat,
        head,
        base,
        leftOut,
        changedAgents,
        tester,
        runner,
        testCommand,
        junit,
        maxTime,
        testTime,
        commandTime,
        branch,
        fileTools,
        tools,
        sandboxOptional,
        Optional.of(termsOrUsual().withBudget(budget)),
        changedTask.equals(task) ? taskBefore : Optional.of(taskBefore.orElse(task)),
        judge,
        answer,
        source);
  }

  /** What a node must have to work on it; see {@link AgentRequest#needs}. */
  List<String> needs() {
    // programs bring their own tools
    boolean offered = all().anyMatch(agent -> !(agent.config() instanceof AgentConfig.Cli));
    return Stream.concat(
            all().flatMap(agent -> agent.needs(Node.host()).stream()),
            tools.stream()
                .filter(tool -> offered && !Toolbox.isEverywhere(tool))
                .map(tool -> "tool:" + tool))
        .distinct()
        .sorted()
        .toList();
  }

  List<String> providers() {
    return all().flatMap(agent -> agent.providers().stream()).distinct().sorted().toList();
  }

  /** Candidates, tester and judge. */
  Stream<AgentRequest> all() {
    return Stream.of(agents.stream(), tester.stream(), judge.stream()).flatMap(one -> one);
  }

  /** The same, with a model judge for ties. */
  public RunRequest withJudge(Optional<AgentRequest> chosen) {
    return new RunRequest(
        task,
        repository,
        identity,
        objectFormat,
        head,
        base,
        leftOut,
        agents,
        tester,
        runner,
        testCommand,
        junit,
        maxTime,
        testTime,
        commandTime,
        branch,
        fileTools,
        tools,
        sandboxOptional,
        terms,
        taskBefore,
        chosen,
        answer,
        source);
  }

  /** A question for these agents: a run of kind {@code answer}, which has no repository. */
  public static RunRequest question(
      Task question,
      List<AgentRequest> agents,
      Optional<AgentRequest> judge,
      Duration maxTime,
      Budget budget,
      List<String> tools) {
    return new RunRequest(
        question,
        "",
        "",
        "",
        "",
        "",
        List.of(),
        agents,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        maxTime,
        Duration.ZERO,
        Duration.ZERO,
        false,
        false,
        tools,
        false,
        Optional.of(RunTerms.USUAL.withBudget(budget)),
        Optional.empty(),
        judge,
        true,
        Optional.empty());
  }

  String kind() {
    return answer ? "answer" : "change";
  }
}
