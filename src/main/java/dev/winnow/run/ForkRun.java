package dev.winnow.run;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.StoreAgents;
import dev.winnow.agent.UnknownPrice;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.checkpoint.Checkpoint;
import dev.winnow.checkpoint.Checkpoints;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.ForkJournal;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.spec.Task;
import dev.winnow.store.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes a new run that goes on from a checkpoint of another one, with other agents, another task or
 * another budget. Conversations, files and money are as they were at the cut; nothing before it is
 * done, or paid, again.
 */
public final class ForkRun {

  /**
   * What is different.
   *
   * @param agents as in {@code --agents}, one for each candidate; empty for those of the parent
   * @param budget limits that replace those of the parent; what was spent before the cut counts
   * @param reason for people
   */
  public record Changes(
      Optional<Task> task, Optional<List<String>> agents, Budget budget, Optional<String> reason) {}

  private final Database database;
  private final AgentRegistry registry;
  private final RunStore store;

  public ForkRun(Database database, AgentRegistry registry) {
    this.database = database;
    this.registry = registry;
    this.store = new RunStore(database);
  }

  /**
   * Forks, and puts the new run into the queue.
   *
   * @param at number or label of the checkpoint
   * @param directory what relative script files are relative to
   * @throws WinnowException of category USAGE when there is no such checkpoint, or the agents are
   *     wrong
   */
  public UUID fork(
      UUID parent, String at, Changes changes, Path directory, SubmitRun.Submission submission) {
    return fork(Ids.next(), parent, at, changes, directory, submission);
  }

  /** The same, with the id that the new run gets. */
  public UUID fork(
      UUID fork,
      UUID parent,
      String at,
      Changes changes,
      Path directory,
      SubmitRun.Submission submission) {
    RunRequest request = store.stored(parent).readable();
    Checkpoint cut = Checkpoints.find(database, parent, at);
    StoreAgents agents = new StoreAgents(registry);
    List<AgentRequest> wanted =
        changes
            .agents()
            .map(names ->
                registry.resolve(names, directory).stream()
                    .map(agent -> agents.request(agent, directory))
                    .toList())
            .orElse(request.agents());
    Task task = changes.task().orElse(request.task());
    RunRequest forked =
        request.forked(task, wanted, BudgetStore.read(database, parent).with(changes.budget()));
    UnknownPrice.refuse(forked.termsOrUsual().budget(), registry, forked.all());
    database.inTransaction(transaction -> {
      store.create(transaction, fork, forked, submission, List.of());
      store.setParent(transaction, fork, parent, cut.sequence(), changes.reason().orElse(null));
      ForkJournal.copy(transaction, parent, cut, fork, !task.equals(request.task()));
      EventLog.first(
          transaction,
          fork,
          new RunEvent.Forked(
              parent.toString(), cut.sequence(), cut.label(), changes.reason().orElse(null)));
      return fork;
    });
    return fork;
  }
}
