package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.StoreAgents;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Brings together on this machine what a stored request names. */
final class OpenRun {

  private final Database database;
  private final Machine machine;

  OpenRun(Database database, Machine machine) {
    this.database = database;
    this.machine = machine;
  }

  PreparedRun open(
      UUID run, RunRequest request, BindRunner binding, Path workDirectory, Cancellation stop) {
    Mirror mirror = mirror(run, request, stop);
    StoreAgents agents = new StoreAgents(machine.agents());
    List<NamedAgent> candidates =
        request.agents().stream().map(agent -> agents.restore(agent, workDirectory)).toList();
    Optional<NamedAgent> tester =
        request.tester().map(agent -> agents.restore(agent, workDirectory));
    return new PreparedRun(
        run,
        request,
        mirror,
        candidates,
        tester,
        request.judge().map(agent -> agents.restore(agent, workDirectory)),
        BindTests.bind(
            binding,
            mirror.until(stop),
            mirror.treeOf(request.base()),
            request.runner(),
            request.testCommand(),
            request.junit()));
  }

  private Mirror mirror(UUID run, RunRequest request, Cancellation stop) {
    Mirror mirror = mirror(machine.dataDirectory(), request);
    if (mirror.hasRepository() && request.base().equals(request.head())) {
      String _ = mirror.until(stop).pin(request.head());
    }
    new ReceiveObjects(database, machine.snapshots()).receive(mirror, run, request.base());
    return mirror;
  }

  static Mirror mirror(Path dataDirectory, RunRequest request) {
    return Mirror.forRun(
        dataDirectory,
        Path.of(request.repository()),
        request.identity(),
        request.objectFormat(),
        request.head());
  }
}
