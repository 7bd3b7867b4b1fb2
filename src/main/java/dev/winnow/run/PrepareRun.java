package dev.winnow.run;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.NamedAgent;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.DetectRunner;
import dev.winnow.evidence.runner.DetectRunner.Detected;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.workspace.Mirror;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks everything about a run that can be known before it exists: the repository, the base, the
 * agents and the test runner. What is wrong is one clear line, and nothing was started.
 */
public final class PrepareRun {

  /** Build files are small; a larger one is not read for detection. */
  private static final int MAX_BUILD_FILE = 1 << 20;

  private final Path dataDirectory;
  private final AgentRegistry agents;
  private final BindRunner binding;

  public PrepareRun(Path dataDirectory, AgentRegistry agents, BindRunner binding) {
    this.dataDirectory = dataDirectory;
    this.agents = agents;
    this.binding = binding;
  }

  /**
   * Prepares a run.
   *
   * @param directory what relative script files are relative to
   * @throws WinnowException of category USAGE or SETTINGS for what the user can mend
   */
  public PreparedRun prepare(RunOptions options, Path directory) {
    List<NamedAgent> candidates = agents.resolve(options.agents(), directory);
    Optional<NamedAgent> tester =
        options.tester().map(name -> agents.resolve(List.of(name), directory).getFirst());
    Mirror mirror = Mirror.open(dataDirectory, options.repository());
    String base = mirror.pin(options.base().orElse("HEAD"));
    List<String> uncommitted = options.base().isPresent() ? List.of() : mirror.uncommitted();
    boolean include = options.includeUncommitted() && !uncommitted.isEmpty();
    if (options.includeUncommitted() && options.base().isPresent()) {
      throw WinnowException.usage(
          "--include-uncommitted takes the work on top of HEAD: leave --base out.");
    }
    if (include) {
      base = mirror.pinUncommitted(base);
    }
    return new PreparedRun(
        Ids.next(),
        options,
        mirror,
        base,
        candidates,
        tester,
        runner(options, mirror, mirror.treeOf(base)),
        include ? List.of() : uncommitted);
  }

  private PreparedRunner runner(RunOptions options, Mirror mirror, String tree) {
    Detected detected =
        DetectRunner.detect(
            mirror.files(tree),
            path ->
                mirror
                    .read(tree, path, MAX_BUILD_FILE)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8)),
            new DetectRunner.Options(
                options.runner().orElse(null),
                options.testCommand().orElse(null),
                options.junit().orElse(null)));
    return switch (detected) {
      case Detected.Found found -> binding.bind(found);
      case Detected.Ambiguous ambiguous -> throw WinnowException.usage(ambiguous.message());
      case Detected.NotFound none -> throw WinnowException.usage(none.message());
    };
  }
}
