package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.DetectRunner;
import dev.winnow.evidence.runner.DetectRunner.Detected;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.workspace.Mirror;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    Map<String, String> files = mirror.files(tree);
    Detected detected =
        DetectRunner.detect(
            files,
            paths -> contents(mirror, files, paths),
            new DetectRunner.Options(
                runner.orElse(null), testCommand.orElse(null), junit.orElse(null)));
    return switch (detected) {
      case Detected.Found found -> binding.bind(found);
      case Detected.Ambiguous ambiguous -> throw WinnowException.usage(ambiguous.message());
      case Detected.NotFound none -> throw WinnowException.usage(none.message());
    };
  }

  private static Map<String, String> contents(
      Mirror mirror, Map<String, String> files, Collection<String> paths) {
    Set<String> ids = paths.stream().map(files::get).collect(Collectors.toSet());
    Map<String, byte[]> blobs = mirror.blobs(ids, MAX_BUILD_FILE);
    Map<String, String> contents = new HashMap<>();
    for (String path : paths) {
      byte[] blob = blobs.get(files.get(path));
      if (blob != null) {
        contents.put(path, new String(blob, StandardCharsets.UTF_8));
      }
    }
    return contents;
  }
}
