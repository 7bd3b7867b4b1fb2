package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.WorkspaceFiles;

/** {@code fs_list_dir}: the entries of one directory. */
final class FsListDir implements Tool {

  static final String NAME = "fs_list_dir";

  private static final ToolSpec SPEC =
      new Parameters()
          .required("path", "string", "directory relative to the root; . for the root itself")
          .of(NAME, "Lists a directory: name/ for directories, name@ for links, sizes of files.");

  private final WorkspaceFiles files;

  FsListDir(WorkspaceFiles files) {
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
      WorkspaceFiles.Listing listing = files.list(path);
      StringBuilder text = new StringBuilder();
      for (WorkspaceFiles.Entry entry : listing.entries()) {
        text.append(line(entry)).append('\n');
      }
      if (listing.entries().isEmpty()) {
        text.append("(empty)\n");
      }
      if (listing.truncated()) {
        text.append("(truncated: there are more entries)\n");
      }
      return ToolResult.ok(
          text.toString(),
          "%s, %d%s entries"
              .formatted(path, listing.entries().size(), listing.truncated() ? "+" : ""));
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }

  private static String line(WorkspaceFiles.Entry entry) {
    return switch (entry.type()) {
      case DIRECTORY -> entry.name() + "/";
      case SYMLINK -> entry.name() + "@";
      case FILE -> "%s %d".formatted(entry.name(), entry.size());
      case OTHER -> entry.name() + " (special file)";
    };
  }
}
