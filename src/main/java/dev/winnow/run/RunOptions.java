package dev.winnow.run;

import dev.winnow.spec.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the user asked a run of kind {@code change} to do.
 *
 * @param repository a path in the user's repository
 * @param base revision to start from, HEAD when empty
 * @param includeUncommitted take uncommitted work of the checkout into the base
 * @param agents as written: {@code scripted:a.json}, {@code name}, {@code name:2}
 * @param tester agent that writes the independent tests, or empty
 * @param runner name of the test runner when detection is ambiguous
 * @param testCommand the user's own test command
 * @param junit where that command writes its JUnit XML, a glob
 * @param maxTime of the whole run
 * @param source where the task comes from, when somebody planned it
 * @param branch whether an accepted change becomes a branch in the user's repository
 */
public record RunOptions(
    Task task,
    Path repository,
    Optional<String> base,
    boolean includeUncommitted,
    List<String> agents,
    Optional<String> tester,
    Optional<String> runner,
    Optional<String> testCommand,
    Optional<String> junit,
    Duration maxTime,
    boolean branch,
    RunTerms terms,
    Optional<RunSource> source) {
  /** Unless the user says otherwise. */
  public static final Duration USUAL_TIME = Duration.ofMinutes(60);

  public RunOptions {
    agents = List.copyOf(agents);
  }
}
