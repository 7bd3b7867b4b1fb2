package dev.winnow.run;

import dev.winnow.agent.NamedAgent;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.workspace.Mirror;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A run whose input was checked: everything that can be wrong with the command is known before the
 * run exists.
 *
 * @param base the pinned commit
 * @param leftOut uncommitted paths that the run does not see
 */
public record PreparedRun(
    UUID id,
    RunOptions options,
    Mirror mirror,
    String base,
    List<NamedAgent> agents,
    Optional<NamedAgent> tester,
    PreparedRunner runner,
    List<String> leftOut) {
  public PreparedRun {
    agents = List.copyOf(agents);
    leftOut = List.copyOf(leftOut);
  }
}
