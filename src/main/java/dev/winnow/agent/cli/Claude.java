package dev.winnow.agent.cli;

import dev.winnow.workspace.ProgramHome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Claude Code, as {@code claude -p --output-format stream-json}. It may edit and run commands: it
 * has no sandbox of its own, and stands in Winnow's. Its guards are not switched off.
 */
final class Claude implements CliProgram {

  private static final String ALLOWED =
      "Bash,Edit,MultiEdit,Write,NotebookEdit,Read,Glob,Grep,LS,TodoWrite,Task,Agent";

  /** What reaches beyond the workspace, or outlives the prompt. */
  private static final String DENIED =
      "WebFetch,WebSearch,EnterWorktree,ExitWorktree,CronCreate,CronDelete,CronList,ScheduleWakeup";

  @Override
  public String label() {
    return "Claude Code";
  }

  @Override
  public String tried() {
    return "2.1.330";
  }

  @Override
  public void prepare(ProgramHome home, Access access, Optional<String> model) {
    home.write("tmp/.keep", "");
    home.write("claude/.keep", "");
    if (access instanceof Access.LogIn logIn) {
      logIn.files().forEach(home::write);
    }
  }

  @Override
  public Map<String, String> environment(ProgramHome home, Access access) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CLAUDE_CONFIG_DIR", home.path().resolve("claude").toString());
    environment.put("TMPDIR", home.path().resolve("tmp").toString());
    environment.put("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
    environment.put("DISABLE_AUTOUPDATER", "1");
    environment.put("DISABLE_TELEMETRY", "1");
    environment.put("DISABLE_ERROR_REPORTING", "1");
    environment.put("CLAUDE_CODE_MAX_RETRIES", "3");
    environment.put("API_TIMEOUT_MS", "600000");
    switch (access) {
      case Access.Key key -> {
        environment.put("ANTHROPIC_BASE_URL", "http://127.0.0.1:" + key.port());
        environment.put("ANTHROPIC_API_KEY", key.standIn());
      }
      case Access.LogIn logIn -> {
        environment.putAll(logIn.proxy());
        environment.putAll(logIn.environment());
      }
    }
    return environment;
  }

  @Override
  public List<String> arguments(String session, boolean resume, Optional<String> model) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-p", "--output-format", "stream-json", "--verbose"));
    arguments.addAll(List.of("--permission-mode", "acceptEdits"));
    arguments.addAll(List.of("--allowedTools=" + ALLOWED, "--disallowedTools=" + DENIED));
    // neither the repository's settings and hooks nor its MCP servers
    arguments.addAll(List.of("--strict-mcp-config", "--setting-sources="));
    model.ifPresent(name -> arguments.add("--model=" + name));
    arguments.add((resume ? "--resume=" : "--session-id=") + session);
    return arguments;
  }

  @Override
  public ReadEvents events() {
    return new ReadClaude();
  }

  @Override
  public boolean tellsCost() {
    return true;
  }

  @Override
  public Optional<String> sessionFile(ProgramHome home, String session) {
    return home.find("claude/projects", session + ".jsonl").stream().findFirst();
  }

  /** One directory for each working directory, named after it. */
  @Override
  public String sessionPath(String recorded, String workspace) {
    String name = recorded.substring(recorded.lastIndexOf('/') + 1);
    return "claude/projects/" + workspace.replaceAll("[^A-Za-z0-9]", "-") + "/" + name;
  }

  /** Not those that renew a log-in: that is for the user's own program to do. */
  @Override
  public List<String> logInHosts() {
    return List.of("api.anthropic.com");
  }

  @Override
  public String logIn() {
    return "set ANTHROPIC_API_KEY, or run: claude setup-token";
  }
}
