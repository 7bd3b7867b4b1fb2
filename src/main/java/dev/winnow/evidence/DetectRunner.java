package dev.winnow.evidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out how a repository runs its tests, from the files of its base. Never guesses. */
public final class DetectRunner {

  private DetectRunner() {}

  /**
   * What the user said: {@code --runner}, {@code --test-command}, {@code --junit}; each or null.
   */
  public record Options(
      @Nullable String runner, @Nullable String testCommand, @Nullable String junit) {
    public static final Options NONE = new Options(null, null, null);
  }

  /** What detection found. */
  public sealed interface Detected {
    /** One runner; {@code why} is one line for people. */
    record Found(TestRunner runner, String why) implements Detected {}

    /** Several fit; the message says what was found and how to choose. */
    record Ambiguous(List<String> what, String message) implements Detected {
      public Ambiguous {
        what = List.copyOf(what);
      }
    }

    /** None fits; the message says what to do. */
    record NotFound(String message) implements Detected {}
  }

  /**
   * @param files path to blob id of the base's tree
   * @param read content of a file of the base, empty when there is none
   */
  public static Detected detect(
      Map<String, String> files, Function<String, Optional<String>> read, Options options) {
    throw new UnsupportedOperationException();
  }
}
