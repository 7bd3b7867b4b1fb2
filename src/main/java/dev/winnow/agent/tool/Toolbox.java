package dev.winnow.agent.tool;

import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.WorkspaceFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The registry of tools: a new one is a class and a line here. */
public record Toolbox(ToolSettings settings) {

  /** All tools of this version, also those that a setting switches off. */
  public static final Set<String> NAMES =
      Set.of(
          CurrentDatetime.NAME,
          FsReadFile.NAME,
          FsWriteFile.NAME,
          FsEditFile.NAME,
          FsListDir.NAME,
          FsSearch.NAME,
          RunCommand.NAME,
          RunTests.NAME,
          HttpFetch.NAME,
          AgentBrowser.NAME);

  /**
   * The tools for one candidate.
   *
   * @param prepare turns an argv into a command in the candidate's workspace, with the mounts and
   *     limits that its repository needs
   * @param scratch a directory of Winnow's for what a tool keeps beside the workspace
   */
  public List<Tool> forWorkspace(
      WorkspaceFiles workspace,
      Sandbox sandbox,
      Function<List<String>, SandboxCommand> prepare,
      RunsTests tests,
      Path scratch) {
    List<Tool> tools = new ArrayList<>();
    tools.add(new CurrentDatetime(settings.clock()));
    if (settings.files()) {
      tools.add(new FsReadFile(workspace));
      tools.add(new FsWriteFile(workspace));
      tools.add(new FsEditFile(workspace));
      tools.add(new FsListDir(workspace));
      tools.add(new FsSearch(workspace));
    }
    tools.add(new RunCommand(sandbox, prepare));
    tools.add(new RunTests(tests));
    settings.fetch().ifPresent(limits -> tools.add(new HttpFetch(settings.reach(), limits)));
    settings
        .browser()
        .ifPresent(
            limits -> tools.add(new AgentBrowser(limits, settings.reach(), sandbox, scratch)));
    return List.copyOf(tools);
  }
}
