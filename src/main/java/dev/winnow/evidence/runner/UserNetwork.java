package dev.winnow.evidence.runner;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of the user's environment is needed to reach the registries of packages: proxies,
 * certificates, mirrors. Only the preparation of the base sees it, never a test run, because a
 * proxy's address can carry a password.
 */
final class UserNetwork {

  private static final Set<String> NAMES =
      Set.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "ALL_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "all_proxy",
          "NODE_EXTRA_CA_CERTS",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "REQUESTS_CA_BUNDLE",
          "CURL_CA_BUNDLE",
          "npm_config_registry",
          "npm_config_cafile",
          "PIP_CERT",
          "PIP_INDEX_URL",
          "PIP_EXTRA_INDEX_URL",
          "PIP_FIND_LINKS",
          "PIP_NO_INDEX",
          "PIP_TRUSTED_HOST",
          "PIP_CONFIG_FILE",
          "GOPROXY",
          "GOSUMDB",
          "GONOSUMDB",
          "GONOSUMCHECK",
          "GONOPROXY",
          "GOPRIVATE",
          "GOFLAGS",
          "CARGO_HTTP_PROXY",
          "CARGO_HTTP_CAINFO",
          "CARGO_NET_GIT_FETCH_WITH_CLI");

  private final Map<String, String> variables;

  private UserNetwork(Map<String, String> variables) {
    this.variables = variables;
  }

  static UserNetwork of(Map<String, String> environment) {
    Map<String, String> chosen = new TreeMap<>();
    environment.forEach((name, value) -> {
      if (NAMES.contains(name) && !value.isBlank()) {
        chosen.put(name, value);
      }
    });
    return new UserNetwork(chosen);
  }

  /** The command with all of the user's network; for one that Winnow itself composed. */
  Invocation around(Invocation preparation, RunPlace place) {
    return around(preparation, place, variables);
  }

  /** Without what holds credentials; for a command that may be any program. */
  Invocation aroundAny(Invocation preparation, RunPlace place) {
    Map<String, String> open = new TreeMap<>(variables);
    open.values().removeIf(value -> value.contains("@"));
    open.remove("PIP_CONFIG_FILE");
    return around(preparation, place, open);
  }

  /** Through a file: what is on a command line everybody on the machine can read. */
  private static Invocation around(
      Invocation preparation, RunPlace place, Map<String, String> variables) {
    if (variables.isEmpty()) {
      return preparation;
    }
    StringBuilder script = new StringBuilder();
    variables.forEach((name, value) ->
        script
            .append("export ")
            .append(name)
            .append("='")
            .append(value.replace("'", "'\\''"))
            .append("'\n"));
    Path file = place.reports().resolve("network.sh");
    try {
      Files.writeString(file, script);
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot write " + file + ": " + e.getMessage(), e);
    }
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", ". \"$0\"; exec \"$@\""));
    argv.add(file.toString());
    argv.addAll(preparation.argv());
    List<Path> readOnly = new ArrayList<>(preparation.readOnly());
    readOnly.addAll(paths(variables));
    return new Invocation(
        argv,
        preparation.directory(),
        preparation.environment(),
        readOnly,
        preparation.writable(),
        preparation.afterwards());
  }

  /**
   * Files and directories that the variables name, in lists too (GOPROXY has commas or bars), as
   * far as they exist: to be made visible.
   */
  private static List<Path> paths(Map<String, String> variables) {
    List<Path> paths = new ArrayList<>();
    for (String value : variables.values()) {
      for (String word : value.split("[\\s,|]+")) {
        String path = word.startsWith("file://") ? word.substring("file://".length()) : word;
        // not what every sandbox shows anyway, nor a whole disk
        if (path.matches("/[^:]+/.*")
            && !path.startsWith("/usr/")
            && !path.startsWith("/etc/ssl/")
            && Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS)) {
          paths.add(Path.of(path).normalize());
        }
      }
    }
    return paths.stream().distinct().toList();
  }
}
