package dev.winnow.agent.cli;

import dev.winnow.workspace.ProgramHome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Codex, as {@code codex exec --json}. Its own sandbox is off: it would have to make namespaces
 * inside of Winnow's, which forbids that, and Winnow's holds the same and more.
 */
final class Codex implements CliProgram {

  private static final String KEY = "WINNOW_KEY";

  @Override
  public String label() {
    return "Codex";
  }

  @Override
  public String tried() {
    return "0.169.0";
  }

  @Override
  public void prepare(ProgramHome home, Access access, Optional<String> model) {
    StringBuilder config = new StringBuilder();
    model.ifPresent(name -> config.append("model = \"").append(name).append("\"\n"));
    config.append(
        """
        check_for_update_on_startup = false
        approval_policy = "never"
        sandbox_mode = "danger-full-access"
        web_search = "disabled"
        """);
    if (access instanceof Access.Key key) {
      config.append(
          """
          model_provider = "winnow"
          [model_providers.winnow]
          name = "winnow"
          base_url = "http://127.0.0.1:%d/v1"
          env_key = "%s"
          wire_api = "responses"
          request_max_retries = 3
          stream_max_retries = 3
          stream_idle_timeout_ms = 300000
          supports_websockets = false
          """
              .formatted(key.port(), KEY));
    }
    config.append("[analytics]\nenabled = false\n");
    home.write("codex/config.toml", config.toString());
    home.write("tmp/.keep", "");
    if (access instanceof Access.LogIn logIn) {
      logIn.files().forEach(home::write);
    }
  }

  @Override
  public Map<String, String> environment(ProgramHome home, Access access) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CODEX_HOME", home.path().resolve("codex").toString());
    // not a directory above CODEX_HOME: then Codex makes no helpers, and every patch fails
    environment.put("TMPDIR", home.path().resolve("tmp").toString());
    switch (access) {
      case Access.Key key -> environment.put(KEY, key.standIn());
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
    arguments.addAll(List.of("exec", "--json", "--skip-git-repo-check"));
    arguments.addAll(List.of("--sandbox", "danger-full-access"));
    if (resume) {
      arguments.addAll(List.of("resume", session));
    }
    arguments.add("-");
    return arguments;
  }

  @Override
  public ReadEvents events() {
    return new ReadCodex();
  }

  @Override
  public boolean tellsCost() {
    return false;
  }

  @Override
  public Optional<String> sessionFile(ProgramHome home, String session) {
    return home.find("codex/sessions", session + ".jsonl").stream().findFirst();
  }

  @Override
  public String sessionPath(String recorded, String workspace) {
    return recorded;
  }

  /** Not those that renew a log-in: that is for the user's own program to do. */
  @Override
  public List<String> logInHosts() {
    return List.of("chatgpt.com");
  }

  @Override
  public String logIn() {
    return "set OPENAI_API_KEY, or run: codex login";
  }
}
