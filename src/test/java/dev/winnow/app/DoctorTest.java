package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.evidence.runner.ToolFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What works here, what is missing, how to get it; never a secret. */
class DoctorTest {

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws IOException {
    winnow = TestCommandLine.create();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static JsonNode check(TestCommandLine.Result result, String name) {
    return result.lines().stream()
        .filter(line -> line.path("type").asText().equals("check"))
        .filter(line -> line.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(result.out() + result.err()));
  }

  private static String path() {
    return System.getenv("PATH");
  }

  @Test
  void everythingThatARunNeedsIsCheckedAndEverySettingShowsItsSource() {
    TestCommandLine.Result result = winnow.run(Map.of("PATH", path()), "doctor", "--json");
    assertThat(result.exitCode()).as(result.out()).isZero();
    for (String name : new String[] {"Winnow's JDK", "git", "database"}) {
      assertThat(check(result, name).path("state").asText()).as(name).isEqualTo("ok");
    }
    assertThat(check(result, "sandbox").path("state").asText()).isIn("ok", "weak");
    assertThat(check(result, "disk use").path("detail").asText())
        .matches(
            "database \\d+ MiB, mirrors \\d+ MiB, caches \\d+ MiB, work directories \\d+ MiB, .*");
    for (String tool : new String[] {"mvn", "gradle", "node", "npm", "python3", "pytest", "go"}) {
      JsonNode check = check(result, tool);
      boolean found = check.path("state").asText().equals("ok");
      assertThat(check.path("remedy").asText().isEmpty()).as(tool).isEqualTo(found);
    }
    assertThat(result.last().path("usable").asBoolean()).isTrue();
    assertThat(result.lines())
        .filteredOn(line -> line.path("type").asText().equals("setting"))
        .isNotEmpty()
        .allMatch(line -> !line.path("source").asText().isEmpty())
        .anyMatch(line -> line.path("source").asText().contains("WINNOW_DATA_DIR"));
    assertThat(winnow.run(Map.of("PATH", path()), "doctor").out()).contains("Winnow can run here.");
  }

  @Test
  void withoutGitNothingRunsAndTheWayToGetItIsSaid() throws IOException {
    Path empty = winnow.newDirectory();
    TestCommandLine.Result result =
        winnow.run(Map.of("PATH", empty.toString()), "doctor", "--json");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(check(result, "git").path("state").asText()).isEqualTo("missing");
    assertThat(check(result, "git").path("remedy").asText()).contains("install git");
    assertThat(result.last().path("usable").asBoolean()).isFalse();
  }

  @Test
  void anOldOrSilentGitIsNoGit() {
    assertThat(Doctor.gitVersion("git version 2.20.1").detail()).contains("2.20.1 is too old");
    assertThat(Doctor.gitVersion("git version 3.0.0").state()).isEqualTo(Doctor.State.OK);
    assertThat(Doctor.gitVersion("nonsense").state()).isEqualTo(Doctor.State.MISSING);
  }

  @Test
  void aMissingProgramIsOptionalAndSaysForWhatItIs() {
    Doctor.Check check =
        Doctor.program(
            new ToolFound("cargo", Optional.empty(), "not found", "install it with: cargo"));
    assertThat(check.state()).isEqualTo(Doctor.State.OPTIONAL);
    assertThat(check.detail()).contains("Rust repositories");
    assertThat(check.remedy()).contains("install it with");
  }

  @Test
  void aDataDirectoryThatCannotBeIsNamedWithTheSettingToChange() throws IOException {
    Path file = Files.writeString(winnow.newDirectory().resolve("file"), "");
    TestCommandLine.Result result =
        winnow.run(
            Map.of("PATH", path(), "WINNOW_DATA_DIR", file.resolve("data").toString()),
            "doctor",
            "--json");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(check(result, "data").path("remedy").asText()).contains("WINNOW_DATA_DIR");
    assertThat(check(result, "database").path("state").asText()).isEqualTo("missing");
  }

  @Test
  void aServerThatDoesNotAnswerIsSaidWithoutItsPassword() {
    String url = "postgresql://somebody:very-secret-word@127.0.0.1:1/winnow";
    for (String[] arguments : new String[][] {{"doctor", "--json"}, {"doctor"}}) {
      TestCommandLine.Result result =
          winnow.run(Map.of("PATH", path(), "DATABASE_URL", url), arguments);
      assertThat(result.exitCode()).isEqualTo(5);
      assertThat(result.out() + result.err())
          .contains("external PostgreSQL (DATABASE_URL)")
          .doesNotContain("very-secret-word");
    }
  }
}
