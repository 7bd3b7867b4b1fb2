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
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String path = arguments.path("path").asText();
    int from = arguments.path("from_line").asInt(1);
    int to = arguments.path("to_line").asInt(Integer.MAX_VALUE);
    if (from < 1 || to < from) {
      return ToolResult.failed("from_line must be at least 1 and not greater than to_line");
    }
    try {
      String content = files.read(path);
      if (from == 1
          && to == Integer.MAX_VALUE
          && content.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
        return ToolResult.ok(content, path);
      }
      return lines(path, splitKeepingEnds(content), from, to);
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }

  private static ToolResult lines(String path, List<String> lines, int from, int to) {
    if (from > lines.size()) {
      return ToolResult.failed("%s has only %d lines".formatted(path, lines.size()));
    }
    StringBuilder text = new StringBuilder();
    int bytes = 0;
    int next = from;
    while (next <= Math.min(to, lines.size())) {
      String line = lines.get(next - 1);
      bytes += line.getBytes(StandardCharsets.UTF_8).length;
      // at least one line, however long: the tool loop cuts inside it
      if (bytes > MAX_BYTES && next > from) {
        break;
      }
      text.append(line);
      next++;
    }
    String shown = "lines %d-%d of %d".formatted(from, next - 1, lines.size());
    String more = next <= Math.min(to, lines.size()) ? "; read on with from_line=" + next : "";
    return ToolResult.ok("[%s%s]\n%s".formatted(shown, more, text), path + " " + shown);
  }

  /** Line ends stay as they are, since an edit must match them exactly. */
  private static List<String> splitKeepingEnds(String content) {
    return List.of(content.split("(?<=\n)"));
  }
}
