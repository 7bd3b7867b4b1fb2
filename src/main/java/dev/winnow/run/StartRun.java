package dev.winnow.run;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.StoreAgents;
import dev.winnow.agent.UnknownPrice;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.Task;
import dev.winnow.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Checks what somebody asks for, and puts it into the queue: a change or a question. */
public final class StartRun {

  /**
   * What runs that are submitted here get without asking.
   *
   * @param files whether agents have the {@code fs_*} tools
   * @param outside names of the tools that reach out of the workspace
   * @param judge name of the agent that judges when none is named
   */
  public record Usual(boolean files, List<String> outside, Optional<String> judge) {
    public Usual {
      outside = List.copyOf(outside);
    }
  }

  /**
   * A change that is asked for.
   *
   * @param judge an agent's name, for ties
   * @param sandboxOptional whether the run may go on without a sandbox where there is none
   */
  public record Change(RunOptions options, Optional<String> judge, boolean sandboxOptional) {}

  /**
   * A question that is asked.
   *
   * @param tools whether the agents may use those that need no workspace
   */
  public record Question(
      Task text,
      List<String> agents,
      Optional<String> judge,
      Duration maxTime,
      Budget budget,
      boolean tools) {
    public Question {
      agents = List.copyOf(agents);
    }
  }

  private final Database database;
  private final Machine machine;
  private final Usual usual;
  private final Path directory;
  private final StoreAgents store;

  /**
   * @param directory what relative script files are relative to
   */
  public StartRun(Database database, Machine machine, Usual usual, Path directory) {
    this.database = database;
    this.machine = machine;
    this.usual = usual;
    this.directory = directory;
    this.store = new StoreAgents(machine.agents());
  }

  /** The same as {@link #change(UUID, Change, SubmitRun.Submission)} with an id of its own. */
  public UUID change(Change change, SubmitRun.Submission submission) {
    return change(Ids.next(), change, submission);
  }

  /**
   * @param id of the new run
   * @throws WinnowException of category USAGE or SETTINGS for what the user can mend
   */
  public UUID change(UUID id, Change change, SubmitRun.Submission submission) {
    RunRequest request =
        new PrepareRun(
                machine.dataDirectory(),
                machine.agents(),
                machine.binding().apply(machine.sandbox().apply(change.sandboxOptional())),
                machine.limits())
            .prepare(
                change.options(),
                directory,
                usual.files(),
                usual.outside(),
                change.sandboxOptional())
            .withJudge(judge(change.judge()));
    return submit(id, request, submission);
  }

  public UUID question(Question question, SubmitRun.Submission submission) {
    return question(Ids.next(), question, submission);
  }

  /**
   * @param id of the new run
   * @throws WinnowException of category USAGE or SETTINGS for what the user can mend
   */
  public UUID question(UUID id, Question question, SubmitRun.Submission submission) {
    List<NamedAgent> asked = machine.agents().resolve(question.agents(), directory);
    Optional<AgentRequest> chosen = judge(question.judge());
    if (asked.size() > 1 && chosen.isEmpty()) {
      throw WinnowException.usage(
          "Several agents need a judge: give --judge AGENT or set JUDGE_MODEL, or ask one agent"
              + " only.");
    }
    List<AgentRequest> stored =
        asked.stream().map(agent -> store.request(agent, directory)).toList();
    return submit(
        id,
        RunRequest.question(
            question.text(),
            stored,
            chosen,
            question.maxTime(),
            question.budget(),
            question.tools() ? Toolbox.withoutWorkspace(usual.outside()) : List.of()),
        submission);
  }

  private UUID submit(UUID id, RunRequest request, SubmitRun.Submission submission) {
    UnknownPrice.refuse(request.termsOrUsual().budget(), machine.agents(), request.all());
    return new SubmitRun(database, machine.dataDirectory(), machine.snapshots())
        .submit(id, request, submission);
  }

  private Optional<AgentRequest> judge(Optional<String> named) {
    return named
        .or(usual::judge)
        .map(judge ->
            store.request(
                machine.agents().resolve(List.of(judge), directory).getFirst(), directory));
  }
}
