package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentPlace;
import dev.winnow.agent.Conversation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.PromptDispatcher;
import dev.winnow.agent.Prompts;
import dev.winnow.agent.QuoteRepositoryRules;
import dev.winnow.agent.tool.Delegate;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.evidence.runner.NamingRule;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Gives an agent its workspace, its tools and its rules. */
final class OpenSession {

  /** A larger file has no rules in it. */
  private static final int MAX_RULES_BYTES = 1 << 20;

  private final RunSetting setting;
  private final PreparedRunner runner;
  private final Sandbox sandbox;
  private final Toolbox toolbox;
  private final RunLimits limits;

  OpenSession(
      RunSetting setting,
      PreparedRunner runner,
      Sandbox sandbox,
      Toolbox toolbox,
      RunLimits limits) {
    this.setting = setting;
    this.runner = runner;
    this.sandbox = sandbox;
    this.toolbox = toolbox;
    this.limits = limits;
  }

  /** The candidate's files as they were last recorded, in a directory of its own. */
  CandidateFiles files(String candidate) {
    return CandidateFiles.open(setting, candidate, sandbox, runner.runner().buildOutputs());
  }

  Conversation open(String candidate, NamedAgent agent, CandidateFiles files) {
    Workspace workspace = files.workspace();
    AgentContext context =
        new AgentContext(
            candidate,
            Prompts.rules(runner.why(), NamingRule.of(runner.runner().name()), repositoryRules()),
            tools(candidate, workspace),
            limits.agent(),
            setting.steps(),
            files,
            setting.events(),
            Optional.of(
                new AgentPlace(
                    workspace.root(),
                    workspace.root().resolveSibling(candidate + ".program"),
                    sandbox,
                    argv -> runner.command(workspace.root(), argv, limits.command()))));
    return new PromptDispatcher().open(agent, context);
  }

  private List<Tool> tools(String candidate, Workspace workspace) {
    Function<List<String>, SandboxCommand> command =
        argv -> runner.command(workspace.root(), argv, limits.command());
    List<Tool> tools =
        new ArrayList<>(
            toolbox.forWorkspace(
                workspace.files(),
                sandbox,
                command,
                (filter, stop) -> runTests(workspace.root(), filter, stop),
                setting.workDirectory()));
    tools.addAll(
        toolbox.delegates(prompt ->
            new Delegate.Assignment(
                prompt,
                candidate,
                workspace.root(),
                workspace.root().resolveSibling(candidate + ".delegate"),
                sandbox,
                command,
                setting.steps(),
                setting.events())));
    return tools;
  }

  /** From the base: what a candidate writes there is no rule for anybody. */
  private String repositoryRules() {
    return QuoteRepositoryRules.of(
        setting.mirror().files(setting.baseTree()).keySet(),
        path -> setting.mirror().read(setting.baseTree(), path, MAX_RULES_BYTES));
  }

  /** The run_tests tool: what the runner says about the workspace as it is now. */
  private ToolResult runTests(Path workspace, String filter, Cancellation cancellation) {
    TestSelection selection =
        filter.isBlank()
            ? new TestSelection.All()
            : new TestSelection.Files(List.of(filter.strip().split("[\\s,]+")));
    TestRun run = runner.run(workspace, selection, limits.testWall(), cancellation);
    int failing = run.failing().size();
    String summary =
        run.ran() ? "%d tests, %d failing".formatted(run.results().size(), failing) : run.reason();
    String text = "%s\n%s\n%s".formatted(summary, run.reason(), run.output());
    return new ToolResult(run.ran() && failing == 0, text, summary);
  }
}
