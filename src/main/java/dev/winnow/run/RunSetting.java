package dev.winnow.run;

import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.Checkpoints;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.Task;
import dev.winnow.workspace.Mirror;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What every phase of one run shares.
 *
 * @param base commit that all candidates start from
 * @param taskBefore of a fork with another task: the parent's
 * @param created when the run was submitted, by the database's clock
 * @param carrier sends snapshots to other nodes, if there can be any
 * @param criteria what must be observable afterwards, or none
 * @param workDirectory of this run; holds the workspaces and is deleted at the end
 */
record RunSetting(
    UUID run,
    Instant created,
    Task task,
    Optional<Task> taskBefore,
    Mirror mirror,
    String base,
    String baseTree,
    Path workDirectory,
    CheckpointManager steps,
    Checkpoints checkpoints,
    Optional<CarryObjects> carrier,
    Consumer<RunEvent> events,
    List<Criterion> criteria) {

  /** Ids of the criteria that tests should name. */
  List<String> criteriaIds() {
    return criteria.stream().map(Criterion::id).toList();
  }

  /** What a conversation begins with: of a fork, what it began with before the cut. */
  Task taskFor(String candidate) {
    return steps.inheritedAny(candidate + "/") ? taskBefore.orElse(task) : task;
  }
}
