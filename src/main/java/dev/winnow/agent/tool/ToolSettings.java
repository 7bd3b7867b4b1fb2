package dev.winnow.agent.tool;

import dev.winnow.workspace.AddressRule;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Which tools the operator switched on, and their limits.
 *
 * @param files setting {@code AGENT_FS_ENABLED}: the {@code fs_*} tools
 * @param fetch settings {@code HTTP_FETCH_*}; empty when switched off
 * @param reach which hosts http_fetch and the browser may connect to
 */
public record ToolSettings(boolean files, Optional<Fetch> fetch, AddressRule reach, Clock clock) {

  /** Only the tools that stay inside the workspace. */
  public static ToolSettings inside(Clock clock) {
    return new ToolSettings(true, Optional.empty(), AddressRule.PUBLIC_ONLY, clock);
  }

  /**
   * Limits of {@code http_fetch}.
   *
   * @param timeout of one call, with redirects and body
   * @param maxChars of text that one call returns
   */
  public record Fetch(Duration timeout, int maxChars) {
    public static final Duration USUAL_TIMEOUT = Duration.ofSeconds(15);
    public static final int USUAL_CHARS = 20_000;
    public static final Fetch USUAL = new Fetch(USUAL_TIMEOUT, USUAL_CHARS);
  }
}
