package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a unified diff as edits. Line numbers are not believed: what a hunk removes or keeps must
 * occur exactly once in the file, as for every agent that edits.
 */
final class ReadDiff {

  /** One wish, as a call of a tool. */
  record Change(String tool, ObjectNode arguments) {}

  private static final Pattern HUNK = Pattern.compile("@@ -\\d+(?:,\\d+)? \\+\\d+(?:,\\d+)? @@.*");
  private static final String NOWHERE = "/dev/null";

  private final List<String> lines;
  private final List<Change> changes = new ArrayList<>();
  private int at;

  private ReadDiff(String diff) {
    this.lines = diff.lines().toList();
  }

  static List<Change> read(String diff) {
    ReadDiff reader = new ReadDiff(diff);
    while (reader.at < reader.lines.size()) {
      reader.file();
    }
    if (reader.changes.isEmpty()) {
      throw refused("there is no change in it");
    }
    return reader.changes;
  }

  private void file() {
    String line = lines.get(at);
    if (line.startsWith("rename ")
        || line.startsWith("copy ")
        || line.startsWith("Binary ")
        || line.startsWith("GIT binary")) {
      throw refused("renames, copies and binary files are not supported; use files");
    }
    if (!line.startsWith("--- ")) {
      at++;
      return;
    }
    String from = path(line);
    if (++at >= lines.size() || !lines.get(at).startsWith("+++ ")) {
      throw refused("a line --- must be followed by one with +++");
    }
    String to = path(lines.get(at++));
    List<String[]> hunks = hunks();
    if (hunks.isEmpty()) {
      throw refused("there is no hunk for " + to);
    }
    if (to.equals(NOWHERE)) {
      delete(from);
    } else if (from.equals(NOWHERE)) {
      add("fs_write_file", to, "content", hunks.getFirst()[1] + "\n");
    } else {
      for (String[] hunk : hunks) {
        ObjectNode arguments = add("fs_edit_file", to, "find", hunk[0]);
        arguments.put("replace", hunk[1]);
      }
    }
  }

  private static String path(String line) {
    String path = line.substring(4).replaceFirst("\t.*", "").strip();
    if (path.startsWith("\"")) {
      throw refused("quoted paths are not supported; use files");
    }
    return path.equals(NOWHERE) ? path : path.replaceFirst("^[ab]/", "");
  }

  /** Before and after of each hunk. */
  private List<String[]> hunks() {
    List<String[]> hunks = new ArrayList<>();
    while (at < lines.size() && HUNK.matcher(lines.get(at)).matches()) {
      at++;
      List<String> before = new ArrayList<>();
      List<String> after = new ArrayList<>();
      while (at < lines.size() && isHunkLine(at)) {
        if (lines.get(at).isEmpty() && (at + 1 == lines.size() || !isHunkLine(at + 1))) {
          at++; // between two files, or at the end
          break;
        }
        String line = lines.get(at++);
        String text = line.isEmpty() ? "" : line.substring(1);
        char kind = line.isEmpty() ? ' ' : line.charAt(0);
        if (kind == ' ' || kind == '-') {
          before.add(text);
        }
        if (kind == ' ' || kind == '+') {
          after.add(text);
        }
      }
      hunks.add(new String[] {String.join("\n", before), String.join("\n", after)});
    }
    return hunks;
  }

  private boolean isHunkLine(int index) {
    String line = lines.get(index);
    boolean nextFile =
        line.startsWith("--- ")
            && index + 1 < lines.size()
            && lines.get(index + 1).startsWith("+++ ");
    return !nextFile && (line.isEmpty() || " +-\\".indexOf(line.charAt(0)) >= 0);
  }

  private void delete(String path) {
    String quoted = "'" + path.replace("'", "'\\''") + "'";
    ObjectNode arguments = Json.mapper().createObjectNode();
    arguments.put("command", "rm -- " + quoted);
    changes.add(new Change("run_command", arguments));
  }

  private ObjectNode add(String tool, String path, String key, String value) {
    ObjectNode arguments = Json.mapper().createObjectNode();
    arguments.put("path", path).put(key, value);
    changes.add(new Change(tool, arguments));
    return arguments;
  }

  private static ProviderFailure refused(String why) {
    return new ProviderFailure(Kind.BAD_REQUEST, "the agent's diff cannot be read: " + why);
  }
}
