package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.WorkspaceFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code fs_read_file}: a text file, whole or some lines of it. */
final class FsReadFile implements Tool {

  static final String NAME = "fs_read_file";

  /** A little less than what the tool loop lets through, so that the cut is at a line. */
  private static final int MAX_BYTES = 30_000;

  private static final ToolSpec SPEC =
      new Parameters()
          .required("path", "string", "path relative to the root of the repository")
          .optional("from_line", "integer", "first line, from 1")
          .optional("to_line", "integer", "last line, inclusive")
          .of(NAME, "Reads a text file. Large files are cut; read on with from_line.");

  private final WorkspaceFiles files;

  FsReadFile(WorkspaceFiles files) {
    this.files = files;
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public boolean onlyLooks() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String path = arguments.path("path").asText();
    try {
      if (arguments.has("from_line") || arguments.has("to_line")) {
        int from = arguments.path("from_line").asInt(1);
        int to = arguments.path("to_line").asInt(Integer.MAX_VALUE);
        return lines(path, files.read(path, from, to), from);
      }
      String content = files.read(path);
      return content.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
          ? ToolResult.ok(content, path)
          : lines(path, content, 1);
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }

  /** As many lines as fit, under a line that says which ones and how to go on. */
  private static ToolResult lines(String path, String content, int from) {
    List<String> lines = splitKeepingEnds(content);
    StringBuilder text = new StringBuilder();
    int bytes = 0;
    int taken = 0;
    for (String line : lines) {
      bytes += line.getBytes(StandardCharsets.UTF_8).length;
      // at least one line, however long: the tool loop cuts inside it
      if (bytes > MAX_BYTES && taken > 0) {
        break;
      }
      text.append(line);
      taken++;
    }
    String shown = "lines %d-%d".formatted(from, from + taken - 1);
    String more = taken < lines.size() ? "; read on with from_line=" + (from + taken) : "";
    return ToolResult.ok("[%s%s]\n%s".formatted(shown, more, text), path + " " + shown);
  }

  /** Line ends stay as they are, since an edit must match them exactly. */
  private static List<String> splitKeepingEnds(String content) {
    return List.of(content.split("(?<=\n)"));
  }
}
