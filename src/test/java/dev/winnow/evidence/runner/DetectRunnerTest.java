package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.evidence.runner.DetectRunner.Detected;
import dev.winnow.evidence.runner.DetectRunner.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectRunnerTest {

  private static Detected detect(Options options, String... pathsAndContents) {
    Map<String, String> files = new TreeMap<>();
    for (int i = 0; i < pathsAndContents.length; i += 2) {
      files.put(pathsAndContents[i], pathsAndContents[i + 1]);
    }
    return DetectRunner.detect(
        files,
        paths -> {
          Map<String, String> read = new TreeMap<>(files);
          read.keySet().retainAll(paths);
          return read;
        },
        options);
  }

  private static String name(Detected detected) {
    assertThat(detected).isInstanceOf(Detected.Found.class);
    return ((Detected.Found) detected).runner().name();
  }

  @ParameterizedTest
  @CsvSource({
    "pom.xml,,maven",
    "build.gradle.kts,,gradle",
    "settings.gradle,,gradle",
    "go.mod,,go",
    "Cargo.toml,,cargo",
    "lib/a.test.mjs,,node",
    "tests/test_a.py,import unittest,unittest",
    "tests/test_a.py,import pytest,pytest",
    "tests/test_a.py,def test_a(): pass,pytest",
  })
  void oneSignIsEnough(String path, String content, String expected) {
    assertThat(name(detect(Options.NONE, path, content == null ? "" : content)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "node --test,node",
    "node --test test/*.test.js,node",
    "vitest run,npm",
    "jest --coverage,npm",
    "mocha 'test/**/*.js',npm"
  })
  void theTestScriptNamesTheRunner(String script, String expected) {
    assertThat(name(detect(Options.NONE, "package.json", packageJson(script)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tsc && node --test", "make test", "node test.js", "node --test; true"})
  void aScriptThatIsMoreThanATestRunnerIsNotGuessed(String script) {
    assertThat(detect(Options.NONE, "package.json", packageJson(script)))
        .isInstanceOfSatisfying(
            Detected.NotFound.class, n -> assertThat(n.message()).contains("--test-command"));
  }

  private static String packageJson(String script) {
    return "{\"scripts\": {\"test\": \"" + script + "\"}}";
  }

  @Test
  void aUsersOwnGradleIsTakenBeforeTheDistributions(@TempDir Path directory) throws IOException {
    // JUnit's directory is closed to others, who could not run it if this is root
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name : List.of("gradle", "node")) {
      Path program = Files.writeString(directory.resolve(name), "#!/bin/sh\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    FindTools tools = FindTools.in(Map.of("PATH", directory.toString()));
    assertThat(tools.path("gradle")).contains(directory.resolve("gradle"));
    assertThat(tools.path("node"))
        .hasValueSatisfying(node ->
            assertThat(node.startsWith(directory))
                .isEqualTo(!Files.exists(Path.of("/usr/bin/node"))));
  }

  @Test
  void severalBuildsAreReportedAndNeverGuessed() {
    assertThat(detect(Options.NONE, "pom.xml", "", "package.json", packageJson("vitest")))
        .isInstanceOfSatisfying(
            Detected.Ambiguous.class,
            a -> {
              assertThat(a.what()).hasSize(2);
              assertThat(a.message()).contains("--runner maven or --runner npm");
            });
  }

  @Test
  void theUserChooses() {
    Options gradle = new Options("gradle", null, null);
    assertThat(name(detect(gradle, "pom.xml", "", "build.gradle", ""))).isEqualTo("gradle");
    Options command = new Options(null, "make check", "out/*.xml");
    assertThat(name(detect(command, "pom.xml", ""))).isEqualTo("command");
  }

  @Test
  void aPackageFileWithoutTestsDoesNotDisturb() {
    String npm = packageJson("echo \\\"Error: no test specified\\\" && exit 1");
    assertThat(name(detect(Options.NONE, "pom.xml", "", "package.json", npm))).isEqualTo("maven");
    assertThat(name(detect(Options.NONE, "pom.xml", "", "docs/test_links.py", "")))
        .isEqualTo("maven");
  }

  @Test
  void nothingFoundSaysWhatToDo() {
    assertThat(detect(Options.NONE, "backend/pom.xml", ""))
        .isInstanceOfSatisfying(
            Detected.NotFound.class,
            n -> assertThat(n.message()).contains("backend/pom.xml").contains("--test-command"));
    assertThat(detect(Options.NONE, "package.json", "{broken"))
        .isInstanceOf(Detected.NotFound.class);
    assertThat(detect(Options.NONE)).isInstanceOf(Detected.NotFound.class);
  }

  @Test
  void optionsThatContradictAreRefused() {
    for (Options options :
        new Options[] {
          new Options(null, null, "*.xml"),
          new Options("ant", null, null),
          new Options("maven", "make", null),
          new Options(null, " ", null),
          new Options(null, "make", "../*.xml"),
        }) {
      assertThatThrownBy(() -> detect(options, "pom.xml", "")).isInstanceOf(WinnowException.class);
    }
  }
}
