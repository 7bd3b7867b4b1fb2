package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoRepositoryTest {

  @Test
  void everyBundledFileIsCopied() throws IOException {
    DemoRepository demo = DemoRepository.create();
    assertThat(names(demo.directory()))
        .containsExactlyInAnyOrderElementsOf(
            names(Path.of("src/main/resources/demo/repository")).stream()
                .map(n -> n.replace("gitignore.txt", ".gitignore").replace("mvn/", ".mvn/"))
                .toList());
    assertThat(names(demo.scripts())).containsExactlyInAnyOrderElementsOf(DemoRepository.SCRIPTS);
    assertThat(Files.readString(demo.directory().resolve(".git/refs/heads/main"))).hasSize(41);
    assertThat(demo.options().task().title()).isEqualTo("Volume discounts in the cart");
  }

  @Test
  void theCommitIsTheSameEverywhere() throws IOException {
    assertThat(head(DemoRepository.create())).isEqualTo(head(DemoRepository.create()));
  }

  private static String head(DemoRepository demo) throws IOException {
    return Files.readString(demo.directory().resolve(".git/refs/heads/main"));
  }

  /** The demo must need no download that the build has not done already. */
  @Test
  void theSampleUsesVersionsOfTheBuild() throws IOException {
    String build = Files.readString(Path.of("pom.xml"));
    String sample = Files.readString(Path.of("src/main/resources/demo/repository/pom.xml"));
    List<String> versions =
        sample
            .lines()
            .map(String::strip)
            .filter(l -> l.startsWith("<version>") && !l.equals("<version>1.0</version>"))
            .toList();
    assertThat(versions).hasSizeGreaterThan(3).allSatisfy(v -> assertThat(build).contains(v));
  }

  @ParameterizedTest
  @ValueSource(strings = {"maven-multi", "python-unittest", "node-test"})
  void fixturesAreCompleteRepositories(String name, @TempDir Path temp) throws IOException {
    FixtureRepository fixture = FixtureRepository.create(name, temp);
    assertThat(fixture.directory().resolve(".git/refs/heads/main")).exists();
    assertThat(fixture.task()).isNotBlank();
    assertThat(names(fixture.scripts()))
        .containsExactlyInAnyOrder(
            "right.json",
            "subtle.json",
            "cheat.json",
            "wrong-regression.json",
            "wrong-own.json",
            "tester.json");
  }

  /** An edit that finds nothing would make a script do something else than it says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/main/resources/demo",
        "src/test/resources/repositories/maven-multi",
        "src/test/resources/repositories/python-unittest",
        "src/test/resources/repositories/node-test",
      })
  void firstEditOfEachFileFindsItsTextOnce(String place) throws IOException {
    for (String script : names(Path.of(place, "scripts"))) {
      JsonNode phases =
          Json.read(Files.readString(Path.of(place, "scripts", script)), JsonNode.class);
      for (JsonNode call :
          phases.findValues("calls").stream().flatMap(DemoRepositoryTest::all).toList()) {
        JsonNode arguments = call.path("arguments");
        if (call.path("tool").asText().equals("fs_edit_file")) {
          Path file = Path.of(place, "repository", arguments.path("path").asText());
          assertThat(
                  Files.readString(file)
                      .split(java.util.regex.Pattern.quote(arguments.path("find").asText()), -1))
              .as("%s in %s", arguments.path("find"), script)
              .hasSize(2);
        }
      }
    }
  }

  private static Stream<JsonNode> all(JsonNode array) {
    return java.util.stream.StreamSupport.stream(array.spliterator(), false);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> directory.relativize(f).toString())
          .filter(f -> !f.startsWith(".git/"))
          .toList();
    }
  }
}
