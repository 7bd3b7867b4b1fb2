package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the branch of a run whose node did not have the user's repository. */
public final class DeliverLater {

  private static final Logger LOG = LoggerFactory.getLogger(DeliverLater.class);

  private final Database database;
  private final Path dataDirectory;
  private final Optional<SharedRemote> remote;
  private final RunStore store;

  public DeliverLater(Database database, Path dataDirectory, Optional<SharedRemote> remote) {
    this.remote = remote;
    this.database = database;
    this.dataDirectory = dataDirectory;
    this.store = new RunStore(database);
  }

  /**
   * Returns the branch's name. Done twice, it finds the branch of the first time.
   *
   * @throws WinnowException of category USAGE when there is nothing to deliver, or the repository
   *     is not on this machine either
   */
  public String deliver(UUID run) {
    RunEvent.Delivered delivered = create(run);
    Map<String, Object> result = new HashMap<>(store.find(run.toString()).result());
    result.put("branch", delivered.branch());
    // the row and the events together: without them the branch is found here again
    return database.inTransaction(transaction -> {
      Lease lease = Lease.acquire(transaction, run, Node.name());
      if (store.delivered(transaction, lease, delivered.branch())) {
        EventLog.add(transaction, lease, delivered);
        EventLog.add(transaction, lease, RunResult.finished(result));
      }
      return delivered.branch();
    });
  }

  /** Whether the repository of the run is on this machine. */
  boolean isHere(UUID run) {
    return OpenRun.mirror(dataDirectory, store.stored(run).readable()).hasRepository();
  }

  private RunEvent.Delivered create(UUID run) {
    RunRecord record = store.find(run.toString());
    if (!"accepted".equals(record.outcome())) {
      throw WinnowException.usage(
          "Run %s has no accepted change to deliver (%s).".formatted(run, record.status()));
    }
    RunRequest request = store.stored(run).readable();
    if (request.repository().isEmpty()) {
      throw WinnowException.usage("Run %s is a question: it changed nothing.".formatted(run));
    }
    Mirror mirror = OpenRun.mirror(dataDirectory, request);
    if (!mirror.hasRepository()) {
      throw WinnowException.usage(
          "There is no repository with the commit %s in %s on this machine: deliver where it is."
              .formatted(request.head(), request.repository()));
    }
    new ReceiveObjects(database, remote).receive(mirror, run, request.base());
    String commit = winner(record);
    if (!mirror.has(commit)) {
      throw WinnowException.infrastructure(
          "The change of run %s is on the node that worked on it, and was too large to be sent: deliver there."
              .formatted(run),
          null);
    }
    String branch = mirror.deliver(DeliverWinner.branchName(request.task(), run), commit);
    MarkTrack.of(request, commit).ifPresent(LOG::warn);
    return new RunEvent.Delivered(branch, commit);
  }

  private String winner(RunRecord record) {
    Object candidate =
        record.result().get("winner") instanceof Map<?, ?> winner ? winner.get("candidate") : null;
    return store.candidates(record.id()).stream()
        .filter(c -> c.id().equals(candidate))
        .map(CandidateRecord::commit)
        .filter(commit -> commit != null)
        .findFirst()
        .orElseThrow(() ->
            WinnowException.infrastructure(
                "Run " + record.id() + " has no winner's commit.", null));
  }
}
