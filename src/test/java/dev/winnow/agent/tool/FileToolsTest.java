package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fs_* tools on a real workspace; how paths are guarded is tested where that happens. */
class FileToolsTest {

  private static final AnsweringSandbox NO_COMMANDS =
      new AnsweringSandbox(() -> {
        throw new AssertionError("these tests run no command");
      });

  @TempDir Path temp;
  private Workspace workspace;
  private List<Tool> tools;

  private static final ToolSettings.Browser BROWSER =
      new ToolSettings.Browser(
          new FindBrowser(Optional.empty(), Optional.empty(), "not installed"),
          ToolSettings.Browser.USUAL_TIMEOUT,
          List.of(),
          false);

  @BeforeEach
  void createWorkspace() throws Exception {
    Path repository = Files.createDirectory(temp.resolve("repo"));
    Files.createDirectories(repository.resolve("src"));
    Files.writeString(repository.resolve("src/App.java"), "class App {\n  int x;\n  int y;\n}\n");
    Files.writeString(repository.resolve("crlf.txt"), "one\r\ntwo\r\n");
    git(repository, "init", "-q");
    git(repository, "add", "-A");
    git(repository, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "base");
    Mirror mirror = Mirror.open(temp.resolve("data"), repository);
    workspace =
        mirror.checkout(
            mirror.treeOf(mirror.pin("HEAD")), temp.resolve("w"), NO_COMMANDS, List.of());
    tools = toolbox(true);
  }

  @AfterEach
  void deleteWorkspace() {
    workspace.close();
  }

  private List<Tool> toolbox(boolean files) {
    return new Toolbox(
            new ToolSettings(
                files,
                files ? Optional.of(ToolSettings.Fetch.USUAL) : Optional.empty(),
                files ? Optional.of(BROWSER) : Optional.empty(),
                AddressRule.PUBLIC_ONLY))
        .forWorkspace(
            workspace.files(),
            NO_COMMANDS,
            argv ->
                SandboxCommand.of(workspace.root(), Limits.DEFAULT, argv.toArray(String[]::new)),
            (filter, _) -> ToolResult.ok("ran <" + filter + ">", "ran"),
            workspace.root().resolveSibling("scratch"));
  }

  private static void git(Path directory, String... arguments) throws Exception {
    List<String> argv = new java.util.ArrayList<>(List.of("git"));
    argv.addAll(List.of(arguments));
    Process git = new ProcessBuilder(argv).directory(directory.toFile()).inheritIO().start();
    assertThat(git.waitFor()).isZero();
  }

  private ToolResult call(String tool, Map<String, Object> arguments) {
    JsonNode json = Json.mapper().valueToTree(arguments);
    Tool found = tools.stream().filter(t -> t.spec().name().equals(tool)).findFirst().orElseThrow();
    assertThat(CheckArguments.problem(found.spec(), json)).isEmpty();
    return found.call(json, Cancellation.never());
  }

  private String file(String path) throws IOException {
    return Files.readString(workspace.root().resolve(path));
  }

  @Test
  void theToolboxHasTheToolsItNamesAndASettingSwitchesTheFileTools() {
    assertThat(tools)
        .extracting(t -> t.spec().name())
        // those that hand a task on need agent programs
        .containsExactlyInAnyOrderElementsOf(
            Toolbox.NAMES.stream().filter(name -> !name.startsWith("delegate_")).toList());
    assertThat(toolbox(false))
        .extracting(t -> t.spec().name())
        .containsExactly("current_datetime", "run_command", "run_tests");
    Map<String, Boolean> writes = new TreeMap<>();
    tools.forEach(t -> writes.put(t.spec().name(), t.writes()));
    assertThat(writes)
        .containsEntry("fs_write_file", true)
        .containsEntry("fs_edit_file", true)
        .containsEntry("run_command", true)
        .containsEntry("run_tests", true)
        .containsEntry("fs_read_file", false)
        .containsEntry("fs_search", false);
  }

  @Test
  void aFileIsWrittenReadAndEdited() throws IOException {
    assertThat(call("fs_write_file", Map.of("path", "a/b.txt", "content", "é\nx\n")).text())
        .isEqualTo("wrote 5 bytes to a/b.txt");
    assertThat(call("fs_read_file", Map.of("path", "a/b.txt")).text()).isEqualTo("é\nx\n");
    assertThat(
            call("fs_edit_file", Map.of("path", "a/b.txt", "find", "x", "replace", "$1\\")).text())
        .isEqualTo("edited a/b.txt:2");
    assertThat(file("a/b.txt")).isEqualTo("é\n$1\\\n");
  }

  @Test
  void anEditThatDoesNotFitExactlyOnceChangesNothing() throws IOException {
    String before = file("src/App.java");
    assertThat(edit("src/App.java", "int"))
        .isEqualTo(
            "the text occurs 2 times in src/App.java, at lines 2, 3;"
                + " take more of its surroundings into 'find', or replace all with \"all\": true");
    assertThat(edit("src/App.java", "int z")).contains("does not occur in src/App.java");
    assertThat(edit("src/App.java", "")).contains("'find' is empty");
    assertThat(edit("src/App.java", "changed")).contains("nothing would change");
    assertThat(edit("absent.txt", "x")).contains("absent.txt");
    assertThat(file("src/App.java")).isEqualTo(before);
  }

  @Test
  void allOccurrencesAreReplacedWhenThatIsAskedFor() throws IOException {
    Map<String, Object> arguments =
        Map.of("path", "src/App.java", "find", "int", "replace", "long", "all", true);

    assertThat(call("fs_edit_file", arguments).text())
        .isEqualTo("edited src/App.java at 2 places, lines 2, 3");
    assertThat(file("src/App.java")).isEqualTo("class App {\n  long x;\n  long y;\n}\n");
  }

  @Test
  void aTextThatIsThereWithOtherWhitespaceIsShownAsItIs() {
    assertThat(edit("src/App.java", "class App {\n\tint x;"))
        .isEqualTo(
            "the text does not occur in src/App.java, but at line 1 it does with other whitespace."
                + " There it is:\nclass App {\n  int x;");
    assertThat(edit("src/App.java", "  int x;\n  int z;\n"))
        .startsWith("the text does not occur in src/App.java. Its first line is at line 2,")
        .endsWith("goes on:\n  int y;\n}");
    assertThat(edit("src/App.java", "  \n \n")).contains("whitespace only");
    assertThat(edit("src/App.java", "}\nmore")).endsWith("(end of the file)");
  }

  /** What compared each place with each took hours and could not be cancelled. */
  @Test
  @Timeout(30)
  void aTextThatIsMadeToTakeLongTakesNoTime() {
    String same = "a\n".repeat(400_000);
    call("fs_write_file", Map.of("path", "same.txt", "content", same));
    assertThat(edit("same.txt", "a \n".repeat(7_000) + "b"))
        .contains("Its first 7000 lines are at line 1");
    assertThat(edit("same.txt", "a\n".repeat(15_000)))
        .startsWith("the text occurs at least 1000 times in same.txt");
    assertThat(edit("same.txt", same)).contains("'find' is longer than 30,000 characters");
  }

  @Test
  void whatIsTooLargeOrInAnotherEncodingIsSaid() throws IOException {
    Files.write(workspace.root().resolve("latin.txt"), new byte[] {'n', (byte) 0xE4, 'h', '\n'});
    Files.writeString(workspace.root().resolve("large.txt"), "needle\n".repeat(200_000));
    assertThat(call("fs_read_file", Map.of("path", "latin.txt")).text())
        .isEqualTo("latin.txt is text in another encoding than UTF-8; work on it with run_command");
    assertThat(call("fs_search", Map.of("pattern", "^n.h$")).text())
        .startsWith("latin.txt:1: n\uFFFDh\n(1 files of more than 1 MiB were not searched;");
    assertThat(call("fs_search", Map.of("pattern", "needle")).text())
        .startsWith("(no match)\n(1 files of more than 1 MiB were not searched;");
    assertThat(call("fs_read_file", Map.of("path", "large.txt", "from_line", 200_000)).text())
        .isEqualTo("[lines 200000-200000]\nneedle\n");
  }

  @Test
  void lineEndsOfTheFileAreKept() throws IOException {
    Map<String, Object> arguments =
        Map.of("path", "crlf.txt", "find", "one\ntwo", "replace", "1\n2");

    assertThat(call("fs_edit_file", arguments).ok()).isTrue();
    assertThat(file("crlf.txt")).isEqualTo("1\r\n2\r\n");
  }

  private String edit(String path, String find) {
    ToolResult result =
        call("fs_edit_file", Map.of("path", path, "find", find, "replace", "changed"));
    assertThat(result.ok()).isFalse();
    return result.text();
  }

  @Test
  void aLargeFileIsReadInParts() {
    call("fs_write_file", Map.of("path", "big.txt", "content", "0123456789\n".repeat(10_000)));
    ToolResult first = call("fs_read_file", Map.of("path", "big.txt"));
    assertThat(first.text()).startsWith("[lines 1-2727; read on with from_line=2728]\n01");
    assertThat(call("fs_read_file", Map.of("path", "big.txt", "from_line", 9_999)).text())
        .isEqualTo("[lines 9999-10000]\n0123456789\n0123456789\n");
    assertThat(
            call("fs_read_file", Map.of("path", "src/App.java", "from_line", 2, "to_line", 3))
                .text())
        .isEqualTo("[lines 2-3]\n  int x;\n  int y;\n");
    assertThat(call("fs_read_file", Map.of("path", "big.txt", "from_line", 0)).ok()).isFalse();
    assertThat(call("fs_read_file", Map.of("path", "big.txt", "from_line", 20_000)).ok()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../../etc/passwd", "/etc/passwd", ".git/config", ".GIT/x", "a\0b", "x\ny", ""})
  void aPathThatIsRefusedIsAResult(String path) {
    assertThat(call("fs_read_file", Map.of("path", path)).ok()).isFalse();
    assertThat(call("fs_write_file", Map.of("path", path, "content", "x")).ok()).isFalse();
    assertThat(edit(path, "x")).isNotBlank();
  }

  @Test
  void directoriesAreListedAndSearched() {
    assertThat(call("fs_list_dir", Map.of("path", ".")).text()).isEqualTo("crlf.txt 10\nsrc/\n");
    assertThat(call("fs_list_dir", Map.of("path", "nowhere")).ok()).isFalse();
    assertThat(call("fs_search", Map.of("pattern", "int [xy]", "glob", "*.java")).text())
        .isEqualTo("src/App.java:2:   int x;\nsrc/App.java:3:   int y;\n");
    assertThat(call("fs_search", Map.of("pattern", "nothing")).text()).isEqualTo("(no match)\n");
    assertThat(
            call("fs_search", Map.of("pattern", "INT X", "ignore_case", true, "context", 1)).text())
        .isEqualTo(
            "src/App.java-1- class App {\nsrc/App.java:2:   int x;\nsrc/App.java-3-   int y;\n");
    assertThat(call("fs_search", Map.of("pattern", "", "glob", "**/*.{java,kt}")).text())
        .isEqualTo("src/App.java\n");
    assertThat(call("fs_search", Map.of("pattern", "", "glob", "*.kt")).text())
        .isEqualTo("(no file)\n");
    assertThat(call("fs_search", Map.of("pattern", "(")).ok()).isFalse();
    assertThat(call("fs_search", Map.of("pattern", "")).ok()).isFalse();
  }

  @Test
  void moreMatchesThanAreShownAreCounted() {
    call("fs_write_file", Map.of("path", "many.txt", "content", "needle\n".repeat(250)));

    assertThat(call("fs_search", Map.of("pattern", "needle")).text())
        .contains("many.txt:100: needle\n(150 more in 1 files altogether;")
        .doesNotContain("many.txt:101:");
  }

  @Test
  void ignoredAndBinaryFilesAreNotSearched() throws Exception {
    call("fs_write_file", Map.of("path", ".gitignore", "content", "*.log\n/out/\n!keep.log\n"));
    call("fs_write_file", Map.of("path", "deep/.gitignore", "content", "secret.txt\n"));
    for (String path :
        List.of(
            "a.log", "keep.log", "out/x.txt", "deep/out/x.txt", "deep/secret.txt", "secret.txt")) {
      call("fs_write_file", Map.of("path", path, "content", "needle\n"));
    }
    Files.write(
        workspace.root().resolve("binary.bin"),
        "needle\0needle".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.writeString(workspace.root().resolve("odd\\name.txt"), "needle");

    String found = call("fs_search", Map.of("pattern", "needle")).text();

    assertThat(found.lines().map(line -> line.split(":", 2)[0]))
        .containsExactly("deep/out/x.txt", "keep.log", "secret.txt");
  }

  @Test
  void testsAreRunWithTheFilterThatWasAskedFor() {
    assertThat(call("run_tests", Map.of()).text()).isEqualTo("ran <>");
    assertThat(call("run_tests", Map.of("filter", " AppTest ")).text()).isEqualTo("ran <AppTest>");
  }
}
