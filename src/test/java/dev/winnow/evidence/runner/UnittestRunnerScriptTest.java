package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A module that does not load has no tests yet, so its record must carry the path of its file. */
class UnittestRunnerScriptTest {

  private static final Path SCRIPT = Path.of("src/main/resources/runners/unittest_runner.py");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "package,files,from nowhere import something",
    "package,files,LIMIT = {}['free']",
    "package,files,def broken(:",
    "package,all,from nowhere import something",
    "plain,files,def broken(:",
    "plain,all,from nowhere import something"
  })
  void aModuleThatDoesNotLoadIsNamedByItsFile(String kind, String selection, String source)
      throws Exception {
    Path tests = Files.createDirectories(directory.resolve("tests"));
    if (kind.equals("package")) {
      Files.createFile(tests.resolve("__init__.py"));
    }
    Files.writeString(
        tests.resolve("test_old.py"),
        """
        import unittest
        class Old(unittest.TestCase):
            def test_works(self): pass
        """);
    Files.writeString(tests.resolve("test_new.py"), source + "\n");
    List<String> files =
        selection.equals("all") ? List.of() : List.of("tests/test_old.py", "tests/test_new.py");
    assertThat(report(files))
        .anyMatch(line -> line.contains("\"file\": \"tests/test_new.py\", \"name\": null"))
        .anyMatch(line -> line.contains("\"name\": \"Old::test_works\", \"status\": \"passed\""));
  }

  private List<String> report(List<String> files) throws IOException, InterruptedException {
    Path report = directory.resolve("report.jsonl");
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("/usr/bin/python3", SCRIPT.toAbsolutePath().toString(), report.toString()));
    argv.addAll(files);
    Process process =
        new ProcessBuilder(argv)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isEqualTo(1);
    return Files.readAllLines(report);
  }
}
