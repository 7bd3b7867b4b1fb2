package dev.winnow.run;

import dev.winnow.agent.AgentRequest;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.Task;
import java.time.Duration;
import java.util.List;
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
 * @param judge asked where the evidence leaves a tie, and about answers
 * @param answer whether it is a question, and only task, agents, judge and time mean something
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
    boolean sandboxOptional,
    Optional<RunTerms> terms,
    Optional<Task> taskBefore,
    Optional<AgentRequest> judge,
    boolean answer) {
  public RunRequest {
    leftOut = List.copyOf(leftOut);
    agents = List.copyOf(agents);
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
        sandboxOptional,
        Optional.of(termsOrUsual().withBudget(budget)),
        changedTask.equals(task) ? taskBefore : Optional.of(taskBefore.orElse(task)),
        judge,
        answer);
  }

  /** What a node must have to work on it; see {@link AgentRequest#needs}. */
  List<String> needs() {
    return all().flatMap(agent -> agent.needs(Node.host()).stream()).distinct().sorted().toList();
  }

  List<String> providers() {
    return all().flatMap(agent -> agent.providers().stream()).distinct().sorted().toList();
  }

  private Stream<AgentRequest> all() {
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
        sandboxOptional,
        terms,
        taskBefore,
        chosen,
        answer);
  }

  /** A question for these agents: a run of kind {@code answer}, which has no repository. */
  public static RunRequest question(
      Task question,
      List<AgentRequest> agents,
      Optional<AgentRequest> judge,
      Duration maxTime,
      Budget budget) {
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
        false,
        Optional.of(RunTerms.USUAL.withBudget(budget)),
        Optional.empty(),
        judge,
        true);
  }

  String kind() {
    return answer ? "answer" : "change";
  }
}
