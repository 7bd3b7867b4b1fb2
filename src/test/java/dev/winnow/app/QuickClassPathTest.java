package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The launcher gives {@code runs list} the libraries that the pom names, and no others. */
class QuickClassPathTest {

  @Test
  void theListOfRunsNeedsOnlyTheFewLibraries() throws Exception {
    Path output = Files.createTempFile("winnow-quick-", ".txt");
    String database = TestDatabase.freshUrl();

    int exit = start(few(), database, output).waitFor();

    assertThat(exit).as(Files.readString(output)).isZero();
  }

  @Test
  void whatNeedsAnotherLibraryAsksForAllOfThem() throws Exception {
    Path output = Files.createTempFile("winnow-quick-", ".txt");
    List<String> tooFew = few().stream().filter(path -> !path.contains("yaml")).toList();

    assertThat(start(tooFew, TestDatabase.freshUrl(), output).waitFor()).isEqualTo(75);
    assertThat(output).isEmptyFile();
  }

  @Test
  void whatHasToUpdateTheSchemaAsksForAllOfThem() throws Exception {
    Path output = Files.createTempFile("winnow-quick-", ".txt");
    String database = TestDatabase.freshUrl();
    try (Database opened = Database.open(Path.of("unused"), Optional.of(database), _ -> {})) {
      opened.update(
          "delete from flyway_schema_history where version = (select max(version::int)::text from flyway_schema_history)");
    }

    assertThat(start(few(), database, output).waitFor()).isEqualTo(75);
    assertThat(output).isEmptyFile();
  }

  private static Process start(List<String> classPath, String database, Path output)
      throws IOException {
    Path settings = Files.createTempDirectory("winnow-quick-");
    Path file = Files.createDirectories(settings.resolve("winnow")).resolve("winnow.yaml");
    Files.writeString(file, "limits: {parallelism: 2}\n");
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dwinnow.quick=1",
            "-cp",
            String.join(":", classPath),
            Main.class.getName(),
            "runs",
            "list");
    builder.environment().put("DATABASE_URL", database);
    builder.environment().put("XDG_CONFIG_HOME", settings.toString());
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static List<String> few() throws IOException {
    Matcher names =
        Pattern.compile("<quick\\.libraries>(.*?)</quick\\.libraries>")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(names.find()).isTrue();
    String wanted =
        Stream.of(names.group(1).split(",", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    List<String> few = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      boolean library = entry.endsWith(".jar");
      if (!library || entry.matches(".*/(" + wanted + ")-[0-9][^/]*\\.jar")) {
        few.add(entry);
      }
    }
    return few;
  }
}
