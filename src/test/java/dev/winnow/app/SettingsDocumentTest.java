package dev.winnow.app;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.agent.Driver;
import dev.winnow.agent.Provider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every setting that is read is documented, and every one that is documented is read. */
class SettingsDocumentTest {

  private static final Path MAIN = Path.of("src/main/java/dev/winnow");
  private static final Pattern VARIABLE = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");
  private static final Pattern KEY =
      Pattern.compile("case \"([a-z]+(?:-[a-z]+)*)\" ?->|case \"([a-z]+(?:-[a-z]+)*)\",");
  private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`");

  /** Not settings of Winnow's: what says where the user's directories are. */
  private static final Set<String> OTHERS = Set.of("XDG_CONFIG_HOME", "XDG_DATA_HOME");

  /** The text of all files below a directory whose names fit. */
  private static String all(Path directory, String names) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches(names))
          .filter(Files::isRegularFile)
          .map(file -> {
            try {
              return Files.readString(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .collect(joining("\n"));
    }
  }

  private static String documents() throws IOException {
    return all(Path.of("docs"), ".*\\.md");
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> names = new TreeSet<>();
    pattern
        .matcher(text)
        .results()
        .forEach(match -> names.add(match.group(1) == null ? match.group(2) : match.group(1)));
    return names;
  }

  /** What reads settings, in whatever package it stands. */
  private static String readers() throws IOException {
    return all(MAIN.resolve("app"), "(Read|Planning|Program|Keep|Model).*")
        + all(MAIN, "(FindBrowser|FindLogIn|UpstreamProxy|TrustCertificates)\\.java");
  }

  @Test
  void everyVariableThatIsReadIsDocumented() throws IOException {
    String documents = documents();
    Set<String> read = found(VARIABLE, readers());
    assertThat(read).contains("SSL_CERT_FILE", "JUDGE_MODEL", "HTTP_FETCH_MAX_CHARS");
    read.removeAll(OTHERS);
    // OpenTelemetry's own are documented as a family
    assertThat(read)
        .filteredOn(name -> !name.startsWith("OTEL_EXPORTER_OTLP_"))
        .allMatch(documents::contains);
  }

  @Test
  void everyKeyOfAProviderAndOfTheFileIsDocumented() throws IOException {
    String documents = documents();
    String source =
        Files.readString(MAIN.resolve("app/ReadSettings.java"))
            + Files.readString(MAIN.resolve("app/ReadProviders.java"))
            + Files.readString(MAIN.resolve("app/ReadLimits.java"));
    Set<String> keys = found(KEY, source);
    assertThat(keys).contains("agents", "calls-per-minute", "retention");
    assertThat(keys)
        .allMatch(key -> Pattern.compile("\\b" + key + "\\b").matcher(documents).find());
  }

  @Test
  void everyVariableThatIsDocumentedIsRead() throws IOException {
    StringBuilder composed = new StringBuilder(all(MAIN, ".*\\.java"));
    for (Provider provider : Provider.values()) {
      composed.append(' ').append(provider.name()).append("_BASE_URL");
    }
    for (Driver driver : Driver.values()) {
      composed.append(' ').append(ProgramSettings.delegateVariable(driver));
    }
    String sources = composed.toString();
    for (String page : List.of("settings", "models", "agents", "agent-tools", "agent-programs")) {
      Set<String> named = found(NAMED, Files.readString(Path.of("docs", page + ".md")));
      assertThat(named).as(page).isNotEmpty().allMatch(sources::contains);
    }
  }
}
