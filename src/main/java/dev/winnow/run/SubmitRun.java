package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Puts a checked run into the queue. */
public final class SubmitRun {

  /**
   * Who submits it and who should work on it.
   *
   * @param submitter the user, for turns between users
   * @param priority higher ones are taken first
   * @param reservedFor the node that has the first choice for some seconds
   */
  public record Submission(String submitter, int priority, Optional<String> reservedFor) {}

  /** What a node offers that uses a git remote; the address follows. */
  public static final String NEED = "snapshots:";

  private final Database database;
  private final Path dataDirectory;
  private final Optional<SharedRemote> remote;

  public SubmitRun(Database database, Path dataDirectory, Optional<SharedRemote> remote) {
    this.database = database;
    this.dataDirectory = dataDirectory;
    this.remote = remote;
  }

  /** From then on the run can be followed, and any node can work on it. */
  public UUID submit(UUID run, RunRequest request, Submission submission) {
    boolean travels = !request.answer() && database.isExternal();
    if (travels && submission.reservedFor().isEmpty()) {
      Mirror mirror = Mirror.open(dataDirectory, Path.of(request.repository()));
      if (!CarryObjects.sendBase(database, remote, mirror, request.base())) {
        throw WinnowException.usage(
            "The base is larger than %d MiB, too large to be sent to other nodes: leave --detach out."
                .formatted(CarryObjects.LARGEST >> 20));
      }
    }
    List<String> needs =
        travels ? remote.map(shared -> NEED + shared.shown()).stream().toList() : List.of();
    new RunStore(database).create(run, request, submission, needs);
    return run;
  }
}
