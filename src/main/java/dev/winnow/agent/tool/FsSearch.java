package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.SearchFiles;
import dev.winnow.workspace.WorkspaceFiles;
import java.util.List;

/** {@code fs_search}: lines that match a regular expression, or files by their names. */
final class FsSearch implements Tool {

  static final String NAME = "fs_search";

  private static final int MAX_MATCHES = 100;
  private static final int MAX_PATHS = 300;
  private static final int MAX_CONTEXT = 10;

  private static final ToolSpec SPEC =
      new Parameters()
          .required(
              "pattern",
              "string",
              "regular expression in RE2 syntax, matched line by line; empty to list the files of glob")
          .optional(
              "glob",
              "string",
              "only these files: *.java, src/**/*.{js,ts}; leave out for all files")
          .optional("context", "integer", "lines to show before and after each match, 0 to 10")
          .optional("ignore_case", "boolean", "true: upper and lower case are the same")
          .of(
              NAME,
              "Searches the repository's text files without ignored ones; gives path:line: text.");

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
  public boolean onlyLooks() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String pattern = arguments.path("pattern").asText();
    String glob = arguments.path("glob").asText("").strip();
    try {
      if (!pattern.isEmpty()) {
        return lines(pattern, glob, arguments, cancellation);
      }
      return glob.isEmpty()
          ? ToolResult.failed("the pattern is empty; give one, or a glob to list files")
          : paths(glob);
    } catch (WorkspaceFiles.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
  }

  private ToolResult lines(
      String pattern, String glob, JsonNode arguments, Cancellation cancellation)
      throws WorkspaceFiles.Refused {
    int context = Math.clamp(arguments.path("context").asInt(0), 0, MAX_CONTEXT);
    SearchFiles.Result found =
        files.search(
            new SearchFiles.Query(
                pattern,
                glob,
                arguments.path("ignore_case").asBoolean(false),
                context,
                MAX_MATCHES),
            cancellation);
    if (found.matches() == 0) {
      return ToolResult.ok(
          (found.complete() ? "(no match)\n" : "(no match so far" + TOO_LARGE + ")\n")
              + passedOver(found),
          "0 matches");
    }
    StringBuilder text = new StringBuilder();
    SearchFiles.Line before = null;
    for (SearchFiles.Line line : found.lines()) {
      boolean follows =
          before != null && before.path().equals(line.path()) && before.line() + 1 == line.line();
      if (context > 0 && before != null && !follows) {
        text.append("--\n");
      }
      String form = line.match() ? "%s:%d: %s\n" : "%s-%d- %s\n";
      text.append(form.formatted(line.path(), line.line(), line.text()));
      before = line;
    }
    if (found.matches() > MAX_MATCHES) {
      text.append(
          "(%,d more in %,d files altogether; use a narrower pattern or glob)\n"
              .formatted(found.matches() - MAX_MATCHES, found.files()));
    }
    if (!found.complete()) {
      text.append("(there may be more").append(TOO_LARGE).append(")\n");
    }
    text.append(passedOver(found));
    return ToolResult.ok(
        text.toString(), "%,d matches in %,d files".formatted(found.matches(), found.files()));
  }

  private static String passedOver(SearchFiles.Result found) {
    return found.tooLarge() == 0
        ? ""
        : "(%,d files of more than 1 MiB were not searched; use grep with run_command for them)\n"
            .formatted(found.tooLarge());
  }

  private static final String TOO_LARGE =
      ": the search was ended at its limits; use a narrower glob";

  private ToolResult paths(String glob) throws WorkspaceFiles.Refused {
    List<String> paths = files.paths(glob);
    if (paths.isEmpty()) {
      return ToolResult.ok("(no file)\n", "0 files");
    }
    String shown = String.join("\n", paths.subList(0, Math.min(MAX_PATHS, paths.size())));
    String more =
        paths.size() <= MAX_PATHS ? "" : "\n(%,d more)".formatted(paths.size() - MAX_PATHS);
    return ToolResult.ok(shown + more + "\n", "%,d files".formatted(paths.size()));
  }
}
