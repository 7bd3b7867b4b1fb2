package dev.winnow.app;

import dev.winnow.spec.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked of one run, as it was written; nothing in it was looked up yet.
 *
 * @param base a revision, or null for HEAD
 * @param agents as written in {@code --agents}, split at commas; names or {@code scripted:FILE},
 *     {@code :N} behind it for several
 * @param tester one agent, or null
 * @param testCommand how to run the tests, or null to detect it
 * @param junit where the test command leaves its reports, glob patterns relative to the root
 * @param runner name of the test runner, or null to detect it
 * @param maxTime of the whole run, or null for no limit
 * @param deliver whether the winner becomes a branch
 * @param mayRunWithoutSandbox only for the bundled demo, whose candidates are known
 */
record ChangeOptions(
    Path repository,
    Task task,
    @Nullable String base,
    List<String> agents,
    @Nullable String tester,
    @Nullable String testCommand,
    List<String> junit,
    @Nullable String runner,
    @Nullable Duration maxTime,
    boolean deliver,
    boolean includeUncommitted,
    boolean mayRunWithoutSandbox) {

  ChangeOptions {
    agents = List.copyOf(agents);
    junit = List.copyOf(junit);
  }
}
