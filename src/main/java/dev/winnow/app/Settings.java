package dev.winnow.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the operator decided.
 *
 * @param databaseUrl an external PostgreSQL, or null for the embedded one; may hold a password
 * @param fileTools whether agents get the {@code fs_*} tools
 * @param agents by name, in the order in which they were declared
 * @param sources where each value that was set came from; never a value
 */
record Settings(
    Path dataDirectory,
    @Nullable String databaseUrl,
    SandboxChoice sandbox,
    boolean fileTools,
    Map<String, AgentSetting> agents,
    LimitSettings limits,
    Map<String, String> sources) {

  Settings {
    agents = Collections.unmodifiableMap(new LinkedHashMap<>(agents));
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /** Which sandbox to use; AUTO takes the strongest that works here, and never none. */
  enum SandboxChoice {
    AUTO,
    BUBBLEWRAP,
    LANDLOCK,
    NONE
  }

  /**
   * Limits of the machine.
   *
   * @param parallelism commands of candidates and test runs at the same time
   * @param testTime wall time of one test run
   * @param commandTime wall time of one command of an agent
   */
  record LimitSettings(int parallelism, Duration testTime, Duration commandTime) {
    static LimitSettings usual() {
      return new LimitSettings(
          Math.max(1, Runtime.getRuntime().availableProcessors()),
          Duration.ofMinutes(10),
          Duration.ofMinutes(5));
    }
  }
}
