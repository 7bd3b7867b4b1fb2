package dev.winnow.agent.tool;

import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.WorkspaceFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The registry of tools: a new one is a class and a line here.
 *
 * @param delegates who can be given a task, by the name of the tool
 */
public record Toolbox(ToolSettings settings, Map<String, Delegate> delegates) {

  public Toolbox {
    delegates = Collections.unmodifiableMap(new TreeMap<>(delegates));
  }

  /** Without anybody to hand a task to. */
  public Toolbox(ToolSettings settings) {
    this(settings, Map.of());
  }

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
          AgentBrowser.NAME,
          DelegateTask.CODEX,
          DelegateTask.CLAUDE);

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
    tools.add(new CurrentDatetime(Clock.system(ZoneId.systemDefault())));
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

  /** Of these names, and what every machine has: the tools that need no workspace. */
  public static List<String> withoutWorkspace(Collection<String> offered) {
    List<String> names = new ArrayList<>(List.of(CurrentDatetime.NAME));
    if (offered.contains(HttpFetch.NAME)) {
      names.add(HttpFetch.NAME);
    }
    return names;
  }

  /** Whether every machine has this tool. */
  public static boolean isEverywhere(String tool) {
    return tool.equals(CurrentDatetime.NAME);
  }

  /** The tools for somebody who answers a question and has no workspace. */
  public List<Tool> withoutWorkspace() {
    List<Tool> tools = new ArrayList<>();
    tools.add(new CurrentDatetime(Clock.system(ZoneId.systemDefault())));
    settings.fetch().ifPresent(limits -> tools.add(new HttpFetch(settings.reach(), limits)));
    return List.copyOf(tools);
  }

  /**
   * The tools that hand a task to another agent.
   *
   * @param assign says where the task of this candidate is to be done
   */
  public List<Tool> delegates(Function<String, Delegate.Assignment> assign) {
    List<Tool> tools = new ArrayList<>();
    delegates.forEach((name, delegate) -> tools.add(new DelegateTask(name, delegate, assign)));
    return tools;
  }
}
