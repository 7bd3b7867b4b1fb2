package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.DetectRunner;
import dev.winnow.evidence.runner.DetectRunner.Detected;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.workspace.Mirror;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Finds out how the tests of a base are run, and binds that to this machine. */
final class BindTests {

  /** Build files are small; a larger one is not read for detection. */
  private static final int MAX_BUILD_FILE = 1 << 20;

  private BindTests() {}

  static PreparedRunner bind(
      BindRunner binding,
      Mirror mirror,
      String tree,
      Optional<String> runner,
      Optional<String> testCommand,
      Optional<String> junit) {
    Detected detected =
        DetectRunner.detect(
            mirror.files(tree),
            path ->
                mirror
                    .read(tree, path, MAX_BUILD_FILE)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8)),
            new DetectRunner.Options(
                runner.orElse(null), testCommand.orElse(null), junit.orElse(null)));
    return switch (detected) {
      case Detected.Found found -> binding.bind(found);
      case Detected.Ambiguous ambiguous -> throw WinnowException.usage(ambiguous.message());
      case Detected.NotFound none -> throw WinnowException.usage(none.message());
    };
  }
}
