package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.DetectRunner.Options;
import dev.winnow.evidence.runner.TestRun.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Requirements from a directory of wheels; there is no network in between. */
class PythonProjectTest {

  private static final String TEST =
      """
      import unittest

      import numerals


      class NumeralsTest(unittest.TestCase):
          def test_knows_ten(self):
              self.assertEqual(numerals.TEN, "X")
      """;

  @Test
  void requirementsAreInstalledForTheBaseAndSeenByTests() throws IOException {
    // below the directory of Winnow's test data: the sandbox's user must be able to read it
    Path wheels =
        Files.createDirectories(dev.winnow.workspace.TestSandboxes.data().resolve("wheels"));
    wheel(wheels, "numerals", "TEN = 'X'\n");
    FindTools tools =
        FindTools.in(Map.of("PIP_FIND_LINKS", wheels.toString(), "PIP_NO_INDEX", "1"));
    RunnerFixture fixture =
        RunnerFixture.of("unittest")
            .write("requirements.txt", "# what it needs\nnumerals==1.0\n-e .\n")
            .write("test_numerals.py", TEST);
    PreparedRunner runner = fixture.bind(Options.NONE, tools);
    TestRun before = fixture.run(runner, new TestSelection.All());
    assertThat(before.verdict()).as(before.toString()).isEqualTo(Verdict.COMPILE_FAILED);
    TestRun prepared = prepare(runner, fixture);
    assertThat(prepared.verdict()).as(prepared.toString()).isEqualTo(Verdict.RAN);
    TestRun after = fixture.run(runner, new TestSelection.All());
    assertThat(after.verdict()).as(after.toString()).isEqualTo(Verdict.RAN);
    assertThat(after.results()).extracting(TestResult::status).containsExactly(TestStatus.PASSED);
    assertThat(prepare(runner, fixture).reason()).isEqualTo("nothing to resolve");
  }

  @Test
  void aPackageThatNobodyHasIsNamed() {
    RunnerFixture fixture =
        RunnerFixture.of("unittest")
            .write(
                "pyproject.toml",
                "[project]\nname = 'p'\nversion = '1'\ndependencies = ['no-such-numerals']\n")
            .write("test_numerals.py", TEST);
    TestRun prepared =
        prepare(fixture.bind(Options.NONE, FindTools.in(Map.of("PIP_NO_INDEX", "1"))), fixture);
    assertThat(prepared.verdict()).isEqualTo(Verdict.COULD_NOT_RUN);
    assertThat(prepared.reason()).contains("no-such-numerals");
  }

  private static TestRun prepare(PreparedRunner runner, RunnerFixture fixture) {
    return runner.prepare(fixture.workspace(), RunnerFixture.WALL, Cancellation.never());
  }

  private static void wheel(Path directory, String name, String source) throws IOException {
    Path file = directory.resolve(name + "-1.0-py3-none-any.whl");
    String information = name + "-1.0.dist-info/";
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      entry(zip, name + ".py", source);
      entry(
          zip,
          information + "METADATA",
          "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n");
      entry(
          zip,
          information + "WHEEL",
          "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
      entry(zip, information + "RECORD", "");
    }
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
