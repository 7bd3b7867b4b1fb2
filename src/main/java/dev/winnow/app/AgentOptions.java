package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.run.RunOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Who works on a run, who judges it, and for how long: the same for every kind of run. */
final class AgentOptions {

  @Option(
      names = "--agents",
      paramLabel = "A,B:2",
      description =
          "Agents by name, or scripted:FILE; :N asks for N candidates (default: all declared).")
  private @Nullable String agents;

  @Option(
      names = "--judge",
      paramLabel = "A",
      description =
          "The agent that judges answers, and ties that the evidence leaves (default: JUDGE_MODEL).")
  private @Nullable String judge;

  @Option(
      names = "--max-time",
      paramLabel = "D",
      converter = ConvertDuration.class,
      description =
          "Limit of the whole run (default: 60m); when it is reached, the exit code is 3.")
  private Duration maxTime = RunOptions.USUAL_TIME;

  /** The names that were given, or all agents that the settings declare. */
  List<String> agents(Settings settings) {
    if (agents == null) {
      List<String> usual = settings.usualAgents();
      if (usual.isEmpty()) {
        throw WinnowException.usage(
            "no agents: give --agents (such as scripted:FILE), declare some in winnow.yaml, or set OPENAI_API_KEY or ANTHROPIC_API_KEY");
      }
      return usual;
    }
    List<String> given = Arrays.stream(agents.split(",", -1)).map(String::strip).toList();
    if (given.stream().anyMatch(String::isEmpty)) {
      throw WinnowException.usage("--agents has an empty name: write them as a,b:2");
    }
    return given;
  }

  Optional<String> judge() {
    return Optional.ofNullable(judge);
  }

  Duration maxTime() {
    return maxTime;
  }

  /** For picocli. */
  static final class ConvertDuration implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      return Durations.parse(value)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'%s' is not %s".formatted(SafeText.line(value, 40), Durations.EXPECTED)));
    }
  }
}
