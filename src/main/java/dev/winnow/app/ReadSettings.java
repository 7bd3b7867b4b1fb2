package dev.winnow.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Price;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.agent.tool.ToolSettings;
import dev.winnow.app.Settings.LimitSettings;
import dev.winnow.http.ServerOptions;
import dev.winnow.telemetry.Redact;
import dev.winnow.telemetry.TelemetrySettings;
import dev.winnow.telemetry.TraceContext;
import dev.winnow.workspace.ChooseSandbox.Preference;
import dev.winnow.workspace.SharedRemote;
import dev.winnow.workspace.egress.TrustCertificates;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings: environment over {@code .env} over {@code winnow.yaml} in the repository over
 * {@code ~/.config/winnow/winnow.yaml}. Whoever controls a repository writes its {@code .env} and
 * {@code winnow.yaml}, so neither may decide about the sandbox, the data directory or the database.
 */
final class ReadSettings {

  private static final Set<String> KEYS =
      Set.of(
          "agents",
          "sandbox",
          "data-dir",
          "database-url",
          "snapshots",
          "fs-tools",
          "limits",
          "prices",
          "providers",
          "context-windows",
          "codex-path",
          "claude-path",
          "approval",
          "retention",
          "server");
  private static final Set<String> OPERATOR_ONLY =
      Set.of(
          "sandbox",
          "data-dir",
          "database-url",
          "snapshots",
          "prices",
          "providers",
          "context-windows",
          "codex-path",
          "claude-path",
          "approval",
          "retention",
          "server");

  /** Agents that appear by themselves. */
  private static final Set<String> USUAL_NAMES = Set.of("openai", "anthropic", "codex", "claude");

  /** Variables that only the operator's own environment may set. */
  private static final List<String> OPERATOR_VARIABLES =
      List.of(
          "WINNOW_SANDBOX",
          "WINNOW_DATA_DIR",
          "WINNOW_SNAPSHOTS",
          "WINNOW_CODEX_PATH",
          "WINNOW_CLAUDE_PATH");

  private static final Pattern SECRET =
      Pattern.compile(
          ".*(?:_KEY|_TOKEN|_SECRET|APIKEY|PASSWORD|PASSWD|PGPASS)", Pattern.CASE_INSENSITIVE);

  private static final Pattern PASSWORD = Pattern.compile("://[^:/@]*:([^@]+)@");

  /** A percent sign that begins no escape. */
  private static final String BARE_PERCENT = "%(?![0-9A-Fa-f]{2})";

  private static final List<String> HEADERS =
      List.of(
          "OTEL_EXPORTER_OTLP_HEADERS",
          "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
          "OTEL_EXPORTER_OTLP_METRICS_HEADERS");

  private final Map<String, String> environment;
  private final List<String> errors = new ArrayList<>();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, AgentSetting> agents = new LinkedHashMap<>();

  private final Map<Driver, Path> programs = new EnumMap<>(Driver.class);
  private final Map<String, Price> prices = new LinkedHashMap<>();
  private final Map<String, ProviderLimits> providers = new LinkedHashMap<>();
  private final Map<String, Long> windows = new LinkedHashMap<>();

  private @Nullable Path dataDirectory;
  private @Nullable String databaseUrl;
  private @Nullable SharedRemote snapshots;
  private Preference sandbox = Preference.AUTO;
  private boolean fileTools = true;
  private LimitSettings limits = LimitSettings.usual();
  private KeepSettings keep = KeepSettings.USUAL;
  private ServerOptions server = ServerOptions.USUAL;
  private final Variables variables;
  private final ReadModels models;

  private ReadSettings(Map<String, String> environment, Path dotEnv) {
    this.environment = environment;
    this.variables = variables(environment, dotEnv);
    this.models = new ReadModels(variables, errors, sources);
  }

  private Variables variables(Map<String, String> environment, Path dotEnv) {
    try {
      return new Variables(environment, DotEnv.read(dotEnv), dotEnv);
    } catch (WinnowException e) {
      errors.add(String.valueOf(e.getMessage()));
      return new Variables(environment, Map.of(), dotEnv);
    }
  }

  /**
   * Reads everything, weakest source first.
   *
   * @param directory the current directory, which may hold a {@code .env}
   * @param repository root of the repository that the command is about, or null
   * @throws WinnowException of category SETTINGS that lists all errors
   */
  static Settings read(Map<String, String> environment, Path directory, @Nullable Path repository) {
    ReadSettings reader = new ReadSettings(environment, directory.resolve(".env"));
    reader.file(reader.operatorFile(), false);
    if (repository != null) {
      reader.file(repository.resolve("winnow.yaml"), true);
    }
    reader.dotEnv();
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
        key(file, key, value, untrusted);
      }
    }
  }

  private void key(SettingsFile file, String key, JsonNode value, boolean untrusted) {
    String where = file.where(key);
    switch (key) {
      case "agents" -> {
        declare(new ReadAgents(file, untrusted, models, errors).read(value), file, untrusted);
        sources.merge(key, where, (before, now) -> before + ", " + now);
      }
      case "approval" -> keep = new KeepSettings.Read(file, errors, sources).approval(value, keep);
      case "retention" ->
          keep = new KeepSettings.Read(file, errors, sources).retention(value, keep);
      case "server" ->
          server = new ReadServer(file, variables, errors, sources).read(value, server);
      case "limits" -> limits = new ReadLimits(file, errors, sources).read(value, limits);
      case "prices" -> {
        prices.putAll(ReadPrices.read(file, value, errors));
        sources.put(key, where);
      }
      case "providers" -> providers.putAll(new ReadProviders(file, errors, sources).limits(value));
      case "context-windows" -> {
        windows.putAll(new ReadProviders(file, errors, sources).windows(value));
        sources.put(key, where);
      }
      default -> {
        if (!value.isValueNode() || value.isNull()) {
          errors.add(where + ": expected a single value");
          return;
        }
        set(key, value.asText(), where, file.path().getParent());
      }
    }
  }

  /** A repository may redefine an agent of the user, but not send its prompts elsewhere. */
  private void declare(Map<String, AgentSetting> declared, SettingsFile file, boolean untrusted) {
    for (AgentSetting agent : declared.values()) {
      boolean known = agents.containsKey(agent.name()) || USUAL_NAMES.contains(agent.name());
      boolean elsewhere =
          switch (agent.config()) {
            case AgentConfig.Http _ -> true;
            case AgentConfig.Sdk sdk -> sdk.key().isEmpty();
            case AgentConfig.Cli _, AgentConfig.Scripted _ -> false;
          };
      if (untrusted && known && elsewhere) {
        errors.add(
            file.where("agents", agent.name())
                + ": a repository must not give an address to an agent of this name; take another");
      } else {
        agents.put(agent.name(), agent);
      }
    }
  }

  /** One value from whatever source. */
  private void set(String key, String value, String where, @Nullable Path directory) {
    sources.put(key, where);
    switch (key) {
      case "sandbox" -> sandbox(value, where);
      case "data-dir" -> path(value, where, directory).ifPresent(path -> dataDirectory = path);
      case "codex-path" -> program(Driver.CODEX, value, where, directory);
      case "claude-path" -> program(Driver.CLAUDE, value, where, directory);
      case "database-url" -> database(value, where);
      case "snapshots" -> snapshots(value, where, directory);
      case "fs-tools" -> flag(value, where, v -> fileTools = v);
      default -> throw new IllegalArgumentException(key);
    }
  }

  private void dotEnv() {
    Path file = variables.file();
    for (String name : OPERATOR_VARIABLES) {
      if (variables.dotEnv().containsKey(name)) {
        errors.add(
            file + ": " + name + ": a .env file must not set this; export it in the environment");
      }
    }
    // DATABASE_URL in a project's .env is the project's own database: never Winnow's
    String fileToolsValue = variables.dotEnv().get("AGENT_FS_ENABLED");
    if (fileToolsValue != null) {
      set("fs-tools", fileToolsValue, file + ": AGENT_FS_ENABLED", null);
    }
  }

  private void environment() {
    variable("WINNOW_SANDBOX", "sandbox");
    variable("WINNOW_DATA_DIR", "data-dir");
    variable("DATABASE_URL", "database-url");
    variable("WINNOW_SNAPSHOTS", "snapshots");
    variable("WINNOW_CODEX_PATH", "codex-path");
    variable("WINNOW_CLAUDE_PATH", "claude-path");
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

  private void program(Driver driver, String value, String where, @Nullable Path directory) {
    path(value, where, directory).ifPresent(path -> programs.put(driver, path));
  }

  private Optional<Path> path(String value, String where, @Nullable Path directory) {
    String expanded = value.startsWith("~/") ? home() + value.substring(1) : value;
    try {
      Path path = directory == null ? Path.of(expanded) : directory.resolve(expanded);
      return Optional.of(path.toAbsolutePath().normalize());
    } catch (java.nio.file.InvalidPathException e) {
      errors.add(where + ": not a path");
      return Optional.empty();
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

  private void snapshots(String value, String where, @Nullable Path directory) {
    if (value.equals(Settings.POSTGRESQL)) {
      snapshots = null;
      return;
    }
    boolean address = value.contains("://") || value.matches("[^/]+@[^/]+:.*");
    Optional<String> place =
        address ? Optional.of(value) : path(value, where, directory).map(Path::toString);
    try {
      place.ifPresent(given -> snapshots = SharedRemote.parse(given, environment));
    } catch (IllegalArgumentException e) {
      // the value may hold a password and is not repeated
      errors.add(where + ": " + e.getMessage());
    }
  }

  private void flag(String value, String where, Consumer<Boolean> target) {
    Flags.parse(value).ifPresentOrElse(target, () -> errors.add(where + ": " + Flags.EXPECTED));
  }

  private Settings settings() {
    ModelSettings chosen = models.read(prices, providers, windows);
    models.usualAgents(programs).forEach(agents::putIfAbsent);
    ToolSettings tools = new ReadTools(variables, errors, sources).read(fileTools);
    Set<Driver> delegates = delegates();
    TelemetrySettings telemetry = new ReadTelemetry(variables, errors, sources).read();
    UpstreamProxy upstream = upstream();
    knowSecrets();
    if (!errors.isEmpty()) {
      String problem =
          errors.size() == 1
              ? errors.getFirst()
              : "%d settings are wrong:\n  %s"
                  .formatted(errors.size(), String.join("\n  ", errors));
      throw new WinnowException(WinnowException.Category.SETTINGS, problem);
    }
    Path data = dataDirectory == null ? usualDataDirectory() : dataDirectory;
    return new Settings(
        data,
        databaseUrl,
        snapshots,
        sandbox,
        tools,
        agents,
        limits,
        chosen,
        keep,
        credentials(),
        ProgramSettings.of(environment, programs, delegates),
        upstream,
        telemetry,
        TraceContext.parse(environment.getOrDefault("TRACEPARENT", "")),
        server,
        sources);
  }

  /** Only from the environment: a repository must not lead prompts and keys elsewhere. */
  private UpstreamProxy upstream() {
    try {
      UpstreamProxy upstream = UpstreamProxy.of(environment);
      if (upstream.isThere()) {
        sources.put("proxy", "environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY");
      }
      upstream
          .certificates()
          .ifPresent(
              _ -> sources.put("certificates", "environment: " + TrustCertificates.VARIABLE));
      return upstream;
    } catch (WinnowException e) {
      errors.add(String.valueOf(e.getMessage()));
      return UpstreamProxy.NONE;
    }
  }

  /** What looks like a secret by its name is taken out of everything that is told. */
  private void knowSecrets() {
    List<String> secrets = new ArrayList<>();
    List.of(environment, variables.dotEnv())
        .forEach(source ->
            source.forEach((name, value) -> {
              if (SECRET.matcher(name).matches() && !value.startsWith("/")) {
                secrets.add(value);
              }
            }));
    for (String variable : HEADERS) {
      for (String header : environment.getOrDefault(variable, "").split(",", -1)) {
        asWrittenAndDecoded(header.substring(header.indexOf('=') + 1), secrets);
      }
    }
    password(databaseUrl, secrets);
    UpstreamProxy.VARIABLES.forEach(name -> password(environment.get(name), secrets));
    Redact.know(secrets);
  }

  private static void password(@Nullable String url, List<String> secrets) {
    Matcher password = PASSWORD.matcher(url == null ? "" : url);
    if (password.find()) {
      asWrittenAndDecoded(password.group(1), secrets);
    }
  }

  private static void asWrittenAndDecoded(String value, List<String> secrets) {
    secrets.add(value);
    secrets.add(URLDecoder.decode(value.replaceAll(BARE_PERCENT, "%25"), UTF_8));
  }

  /** The programs that built-in agents may hand a task to. */
  private Set<Driver> delegates() {
    Set<Driver> on = EnumSet.noneOf(Driver.class);
    for (Driver driver : Driver.values()) {
      variables
          .find(ProgramSettings.delegateVariable(driver))
          .ifPresent(found ->
              flag(
                  found.value(),
                  found.where(),
                  enabled -> {
                    sources.put(ProgramSettings.delegateVariable(driver), found.where());
                    if (enabled) {
                      on.add(driver);
                    }
                  }));
    }
    return on;
  }

  /** Only the variables that agents name. */
  private Credentials credentials() {
    Set<String> names = new TreeSet<>();
    for (Provider provider : Provider.values()) {
      names.add(provider.key());
    }
    agents.values().forEach(agent -> names.addAll(Credentials.NONE.missing(agent.config())));
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : names) {
      variables
          .find(name)
          .ifPresent(found -> {
            values.put(name, found.value());
            sources.put(name, found.where());
          });
    }
    return new Credentials(values);
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
