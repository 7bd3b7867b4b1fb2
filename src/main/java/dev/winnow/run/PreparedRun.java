package dev.winnow.run;

import dev.winnow.agent.NamedAgent;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.workspace.Mirror;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A run on the machine that works on it: its request, and what the request names. */
record PreparedRun(
    UUID id,
    RunRequest request,
    Mirror mirror,
    List<NamedAgent> agents,
    Optional<NamedAgent> tester,
    Optional<NamedAgent> judge,
    PreparedRunner runner) {
  PreparedRun {
    agents = List.copyOf(agents);
  }

  String base() {
    return request.base();
  }
}
