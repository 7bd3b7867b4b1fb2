package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.SearchFiles;
import dev.winnow.workspace.WorkspaceFiles;

/** {@code fs_search}: lines that match a regular expression. */
final class FsSearch implements Tool {

  static final String NAME = "fs_search";

  private static final int MAX_RESULTS = 200;

  private static final ToolSpec SPEC =
      new Parameters()
          .required("pattern", "string", "regular expression in RE2 syntax")
          .optional(
              "glob", "string", "only these files: *.java, src/**/*.py; leave out for all files")
          .of(NAME, "Searches the repository's text files; gives path:line: text.");

  private final WorkspaceFiles files;

  FsSearch(WorkspaceFiles files) {
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
    String pattern = arguments.path("pattern").asText();
    if (pattern.isEmpty()) {
      return ToolResult.failed("the pattern is empty");
    }
    try {
      SearchFiles.Result found =
          files.search(pattern, arguments.path("glob").asText(""), MAX_RESULTS);
      StringBuilder text = new StringBuilder();
      for (SearchFiles.Match match : found.matches()) {
        text.append("%s:%d: %s\n".formatted(match.path(), match.line(), match.text()));
      }
      if (found.matches().isEmpty()) {
        text.append("(no match)\n");
      }
      if (found.truncated()) {
        text.append("(truncated: there may be more; use a narrower pattern or glob)\n");
      }
      String count = found.matches().size() + (found.truncated() ? "+" : "");
      return ToolResult.ok(text.toString(), count + " matches");
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }
}
