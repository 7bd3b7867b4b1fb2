package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.WorkspaceFiles;
import java.nio.charset.StandardCharsets;

/** {@code fs_write_file}: creates or replaces a file. */
final class FsWriteFile implements Tool {

  static final String NAME = "fs_write_file";

  private static final ToolSpec SPEC =
      new Parameters()
          .required("path", "string", "path relative to the root of the repository")
          .required("content", "string", "the whole new content")
          .of(NAME, "Creates a file with its directories, or replaces its whole content.");

  private final WorkspaceFiles files;

  FsWriteFile(WorkspaceFiles files) {
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
    String content = arguments.path("content").asText();
    try {
      files.write(path, content);
      int bytes = content.getBytes(StandardCharsets.UTF_8).length;
      return ToolResult.ok(
          "wrote %,d bytes to %s".formatted(bytes, path), "%s, %,d bytes".formatted(path, bytes));
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }
}
