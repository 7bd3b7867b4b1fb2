package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.WorkspaceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code fs_edit_file}: replaces a text that occurs exactly once. */
final class FsEditFile implements Tool {

  static final String NAME = "fs_edit_file";

  private static final ToolSpec SPEC =
      new Parameters()
          .required("path", "string", "path relative to the root of the repository")
          .required("find", "string", "exact text, whitespace included; must occur exactly once")
          .required("replace", "string", "what stands there afterwards")
          .of(NAME, "Replaces one piece of text in a file.");

  private final WorkspaceFiles files;

  FsEditFile(WorkspaceFiles files) {
    this.files = files;
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String path = arguments.path("path").asText();
    String find = arguments.path("find").asText();
    String replace = arguments.path("replace").asText();
    if (find.isEmpty()) {
      return ToolResult.failed("'find' is empty; to write a whole file use " + FsWriteFile.NAME);
    }
    try {
      String content = files.read(path);
      List<Integer> lines = linesOf(content, find);
      if (lines.size() != 1) {
        return ToolResult.failed(lines.isEmpty() ? absent(path, content, find) : many(path, lines));
      }
      int at = content.indexOf(find);
      files.write(path, content.substring(0, at) + replace + content.substring(at + find.length()));
      String where = "%s:%d".formatted(path, lines.getFirst());
      return ToolResult.ok("edited " + where, where);
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }

  /** The line, from 1, at which each occurrence starts; overlapping ones count too. */
  private static List<Integer> linesOf(String content, String find) {
    List<Integer> lines = new ArrayList<>();
    int line = 1;
    int counted = 0;
    for (int at = content.indexOf(find); at >= 0; at = content.indexOf(find, at + 1)) {
      for (; counted < at; counted++) {
        if (content.charAt(counted) == '\n') {
          line++;
        }
      }
      lines.add(line);
    }
    return lines;
  }

  private static String absent(String path, String content, String find) {
    String hint =
        content.replace("\r\n", "\n").contains(find)
            ? "; the file has CRLF line ends, so 'find' needs them too"
            : "; read the file again and copy the text exactly";
    return "the text does not occur in " + path + hint;
  }

  private static String many(String path, List<Integer> lines) {
    String shown = lines.stream().limit(20).map(String::valueOf).collect(Collectors.joining(", "));
    return "the text occurs %d times in %s, at lines %s%s; take more of its surroundings into 'find'"
        .formatted(lines.size(), path, shown, lines.size() > 20 ? ", ..." : "");
  }
}
