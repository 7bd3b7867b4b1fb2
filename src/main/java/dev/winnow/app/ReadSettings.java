package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.WinnowException;
import dev.winnow.app.Settings.LimitSettings;
import dev.winnow.workspace.ChooseSandbox.Preference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings: environment over {@code .env} over {@code winnow.yaml} in the repository over
 * {@code ~/.config/winnow/winnow.yaml}. Whoever controls a repository writes its {@code .env} and
 * {@code winnow.yaml}, so neither may decide about the sandbox, the data directory or the database.
 */
final class ReadSettings {

  private static final Set<String> KEYS =
      Set.of("agents", "sandbox", "data-dir", "database-url", "fs-tools", "limits");
  private static final Set<String> OPERATOR_ONLY = Set.of("sandbox", "data-dir", "database-url");
  private static final Set<String> LIMITS = Set.of("parallelism", "test-time", "command-time");

  /** Variables that only the operator's own environment may set. */
  private static final List<String> OPERATOR_VARIABLES =
      List.of("WINNOW_SANDBOX", "WINNOW_DATA_DIR");

  private final Map<String, String> environment;
  private final List<String> errors = new ArrayList<>();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, AgentSetting> agents = new LinkedHashMap<>();

  private @Nullable Path dataDirectory;
  private @Nullable String databaseUrl;
  private Preference sandbox = Preference.AUTO;
  private boolean fileTools = true;
  private LimitSettings limits = LimitSettings.usual();

  private ReadSettings(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Reads everything, weakest source first.
   *
   * @param directory the current directory, which may hold a {@code .env}
   * @param repository root of the repository that the command is about, or null
   * @throws WinnowException of category SETTINGS that lists all errors
   */
  static Settings read(Map<String, String> environment, Path directory, @Nullable Path repository) {
    ReadSettings reader = new ReadSettings(environment);
    reader.file(reader.operatorFile(), false);
    if (repository != null) {
      reader.file(repository.resolve("winnow.yaml"), true);
    }
    reader.dotEnv(directory.resolve(".env"));
    reader.environment();
    return reader.settings();
  }

  private Path operatorFile() {
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path base = config.startsWith("/") ? Path.of(config) : home().resolve(".config");
    return base.resolve("winnow").resolve("winnow.yaml");
  }

  private Path home() {
    return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")));
  }

  private void file(Path path, boolean untrusted) {
    Optional<SettingsFile> found;
    try {
      found = SettingsFile.read(path, untrusted);
    } catch (WinnowException e) {
      errors.add(String.valueOf(e.getMessage()));
      return;
    }
    found.ifPresent(file -> keys(file, untrusted));
  }

  private void keys(SettingsFile file, boolean untrusted) {
    for (Map.Entry<String, JsonNode> entry : file.root().properties()) {
      String key = entry.getKey();
      JsonNode value = entry.getValue();
      if (!KEYS.contains(key)) {
        errors.add(file.where(key) + ": unknown key; known are " + known(KEYS));
      } else if (untrusted && OPERATOR_ONLY.contains(key)) {
        errors.add(
            file.where(key)
                + ": a repository must not set this; put it into "
                + operatorFile()
                + " or the environment");
      } else {
        key(file, key, value);
      }
    }
  }

  private void key(SettingsFile file, String key, JsonNode value) {
    String where = file.where(key);
    switch (key) {
      case "agents" -> {
        agents.putAll(new ReadAgents(file, errors).read(value));
        sources.merge(key, where, (before, now) -> before + ", " + now);
      }
      case "limits" -> limits(file, value);
      default -> {
        if (!value.isValueNode() || value.isNull()) {
          errors.add(where + ": expected a single value");
          return;
        }
        set(key, value.asText(), where, file.path().getParent());
      }
    }
  }

  /** One value from whatever source. */
  private void set(String key, String value, String where, @Nullable Path directory) {
    sources.put(key, where);
    switch (key) {
      case "sandbox" -> sandbox(value, where);
      case "data-dir" -> dataDirectory(value, where, directory);
      case "database-url" -> database(value, where);
      case "fs-tools" -> flag(value, where, v -> fileTools = v);
      default -> throw new IllegalArgumentException(key);
    }
  }

  private void dotEnv(Path file) {
    Map<String, String> variables;
    try {
      variables = DotEnv.read(file);
    } catch (WinnowException e) {
      errors.add(String.valueOf(e.getMessage()));
      return;
    }
    for (String name : OPERATOR_VARIABLES) {
      if (variables.containsKey(name)) {
        errors.add(
            file + ": " + name + ": a .env file must not set this; export it in the environment");
      }
    }
    // DATABASE_URL in a project's .env is the project's own database: never Winnow's
    String fileToolsValue = variables.get("AGENT_FS_ENABLED");
    if (fileToolsValue != null) {
      set("fs-tools", fileToolsValue, file + ": AGENT_FS_ENABLED", null);
    }
  }

  private void environment() {
    variable("WINNOW_SANDBOX", "sandbox");
    variable("WINNOW_DATA_DIR", "data-dir");
    variable("DATABASE_URL", "database-url");
    variable("AGENT_FS_ENABLED", "fs-tools");
  }

  private void variable(String name, String key) {
    String value = environment.get(name);
    if (value != null && !value.isBlank()) {
      set(key, value.strip(), "environment: " + name, null);
    }
  }

  private void sandbox(String value, String where) {
    for (Preference choice : Preference.values()) {
      if (choice.name().equalsIgnoreCase(value)) {
        sandbox = choice;
        return;
      }
    }
    errors.add(where + ": expected auto, bubblewrap, landlock or none");
  }

  private void dataDirectory(String value, String where, @Nullable Path directory) {
    String expanded = value.startsWith("~/") ? home() + value.substring(1) : value;
    try {
      Path path = directory == null ? Path.of(expanded) : directory.resolve(expanded);
      dataDirectory = path.toAbsolutePath().normalize();
    } catch (java.nio.file.InvalidPathException e) {
      errors.add(where + ": not a path");
    }
  }

  private void database(String value, String where) {
    if (value.matches("(?i)(?:jdbc:)?postgres(?:ql)?://.+")) {
      databaseUrl = value;
    } else {
      // the value may hold a password and is not repeated
      errors.add(where + ": expected postgresql://user:password@host:port/database");
    }
  }

  private void flag(String value, String where, Consumer<Boolean> target) {
    switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> target.accept(true);
      case "false", "0", "no", "off" -> target.accept(false);
      default -> errors.add(where + ": expected true or false");
    }
  }

  private void limits(SettingsFile file, JsonNode node) {
    if (!node.isObject()) {
      errors.add(file.where("limits") + ": expected keys and values");
      return;
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      String where = file.where("limits", key);
      String value = entry.getValue().asText();
      switch (key) {
        case "parallelism" -> {
          if (value.matches("\\d{1,3}") && Integer.parseInt(value) > 0) {
            limits =
                new LimitSettings(Integer.parseInt(value), limits.testTime(), limits.commandTime());
          } else {
            errors.add(where + ": expected a number from 1 to 999");
          }
        }
        case "test-time" ->
            duration(value, where)
                .ifPresent(
                    d -> limits = new LimitSettings(limits.parallelism(), d, limits.commandTime()));
        case "command-time" ->
            duration(value, where)
                .ifPresent(
                    d -> limits = new LimitSettings(limits.parallelism(), limits.testTime(), d));
        default -> errors.add(where + ": unknown key; known are " + known(LIMITS));
      }
      sources.put("limits." + key, where);
    }
  }

  private Optional<Duration> duration(String value, String where) {
    Optional<Duration> duration = Durations.parse(value);
    if (duration.isEmpty()) {
      errors.add(where + ": expected " + Durations.EXPECTED);
    }
    return duration;
  }

  private Settings settings() {
    if (!errors.isEmpty()) {
      String problem =
          errors.size() == 1
              ? errors.getFirst()
              : "%d settings are wrong:\n  %s"
                  .formatted(errors.size(), String.join("\n  ", errors));
      throw new WinnowException(WinnowException.Category.SETTINGS, problem);
    }
    Path data = dataDirectory == null ? usualDataDirectory() : dataDirectory;
    return new Settings(data, databaseUrl, sandbox, fileTools, agents, limits, sources);
  }

  /** Sandboxed commands run as another user when Winnow is root, and nobody passes /root. */
  private Path usualDataDirectory() {
    if ("root".equals(System.getProperty("user.name")) && Files.isDirectory(Path.of("/var/lib"))) {
      return Path.of("/var/lib/winnow");
    }
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    Path base = xdg.startsWith("/") ? Path.of(xdg) : home().resolve(".local/share");
    return base.resolve("winnow");
  }

  private static String known(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().toList());
  }
}
