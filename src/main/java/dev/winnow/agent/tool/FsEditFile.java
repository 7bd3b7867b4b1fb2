package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.WorkspaceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code fs_edit_file}: replaces a text that occurs exactly once, or all its occurrences. */
final class FsEditFile implements Tool {

  static final String NAME = "fs_edit_file";

  /** As much as one call of fs_read_file shows; looking for a longer one can take minutes. */
  private static final int LONGEST_FIND = 30_000;

  /** Nobody reads where more of them are. */
  private static final int MOST_PLACES = 1000;

  private static final ToolSpec SPEC =
      new Parameters()
          .required("path", "string", "path relative to the root of the repository")
          .required(
              "find",
              "string",
              "exact text with its whitespace; must occur exactly once, unless all")
          .required("replace", "string", "what stands there afterwards")
          .optional("all", "boolean", "true: replace every occurrence")
          .of(NAME, "Replaces a piece of text in a file. Copy 'find' from fs_read_file.");

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
    if (find.length() > LONGEST_FIND) {
      return ToolResult.failed(
          "'find' is longer than %,d characters; take a smaller piece, or write the whole file with %s"
              .formatted(LONGEST_FIND, FsWriteFile.NAME));
    }
    if (find.equals(replace)) {
      return ToolResult.failed("'find' and 'replace' are the same: nothing would change");
    }
    try {
      String content = files.read(path);
      boolean windows = isWindows(content, find);
      String wanted = windows ? find.replace("\n", "\r\n") : find;
      String instead = windows ? replace.replace("\r\n", "\n").replace("\n", "\r\n") : replace;
      boolean all = arguments.path("all").asBoolean(false);
      List<Integer> lines =
          all ? linesOf(content, wanted, wanted.length()) : linesOf(content, wanted, 1);
      if (lines.isEmpty()) {
        return ToolResult.failed(NearMiss.of(path, content, find));
      }
      if (lines.size() > 1 && !all) {
        return ToolResult.failed(many(path, lines));
      }
      files.write(path, content.replace(wanted, instead));
      String where =
          lines.size() == 1
              ? "%s:%d".formatted(path, lines.getFirst())
              : "%s at %d places, lines %s".formatted(path, lines.size(), shown(lines));
      return ToolResult.ok("edited " + where, where);
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }

  /** A model writes LF; in a file with CRLF only, CRLF is what it means. */
  private static boolean isWindows(String content, String find) {
    return find.indexOf('\n') >= 0
        && find.indexOf('\r') < 0
        && content.indexOf('\n') >= 0
        && content.replace("\r\n", "").indexOf('\n') < 0;
  }

  /** The line, from 1, at which each occurrence starts. */
  private static List<Integer> linesOf(String content, String find, int step) {
    List<Integer> lines = new ArrayList<>();
    int line = 1;
    int counted = 0;
    for (int at = content.indexOf(find); at >= 0; at = content.indexOf(find, at + step)) {
      for (; counted < at; counted++) {
        if (content.charAt(counted) == '\n') {
          line++;
        }
      }
      lines.add(line);
      if (step == 1 && lines.size() == MOST_PLACES) {
        break; // of "aaaa" in a file of nothing else each place overlaps the next
      }
    }
    return lines;
  }

  private static String many(String path, List<Integer> lines) {
    return ("the text occurs %s%d times in %s, at lines %s; take more of its surroundings into 'find',"
            + " or replace all with \"all\": true")
        .formatted(lines.size() < MOST_PLACES ? "" : "at least ", lines.size(), path, shown(lines));
  }

  private static String shown(List<Integer> lines) {
    String first = lines.stream().limit(20).map(String::valueOf).collect(Collectors.joining(", "));
    return first + (lines.size() > 20 ? ", ..." : "");
  }
}
