package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.http.ServerOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the key {@code server}; what is wrong is added to the errors. */
final class ReadServer {

  private static final String KNOWN =
      "host, hosts, port, repositories, tls, trusted-proxies, webhooks";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private final SettingsFile file;
  private final Variables variables;
  private final List<String> errors;
  private final Map<String, String> sources;

  ReadServer(
      SettingsFile file, Variables variables, List<String> errors, Map<String, String> sources) {
    this.file = file;
    this.variables = variables;
    this.errors = errors;
    this.sources = sources;
  }

  ServerOptions read(JsonNode node, ServerOptions before) {
    if (!node.isObject()) {
      errors.add(file.where("server") + ": expected keys and values");
      return before;
    }
    String host = before.host();
    int port = before.port();
    Set<String> hosts = before.hosts();
    Set<String> proxies = before.proxies();
    Optional<ServerOptions.Tls> tls = before.tls();
    List<Path> repositories = before.repositories();
    List<ServerOptions.Webhook> webhooks = before.webhooks();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      String where = file.where("server", key);
      JsonNode value = entry.getValue();
      sources.put("server." + key, where);
      switch (key) {
        case "host" -> host = value.asText();
        case "port" -> port = port(value, where, port);
        case "hosts" -> hosts = new LinkedHashSet<>(texts(value, where));
        case "trusted-proxies" -> proxies = new LinkedHashSet<>(texts(value, where));
        case "repositories" ->
            repositories = texts(value, where).stream().map(text -> path(text)).toList();
        case "tls" -> tls = tls(value, where);
        case "webhooks" -> webhooks = webhooks(value, where);
        default -> errors.add(where + ": unknown key; known are " + KNOWN);
      }
    }
    return new ServerOptions(
        host, port, hosts, proxies, tls, repositories, webhooks, before.limits());
  }

  private int port(JsonNode value, String where, int before) {
    if (value.isInt() && value.intValue() >= 0 && value.intValue() <= 65_535) {
      return value.intValue();
    }
    errors.add(where + ": expected a port, 0 to 65535");
    return before;
  }

  private List<String> texts(JsonNode value, String where) {
    List<String> texts = new ArrayList<>();
    for (JsonNode one : value.isArray() ? value : List.of(value)) {
      if (one.isTextual() && !one.asText().isBlank()) {
        texts.add(one.asText().strip());
      } else {
        errors.add(where + ": expected a list of texts");
      }
    }
    return texts;
  }

  private Path path(String text) {
    Path parent = file.path().getParent();
    return parent == null ? Path.of(text).toAbsolutePath() : parent.resolve(text).normalize();
  }

  private Optional<ServerOptions.Tls> tls(JsonNode value, String where) {
    String certificate = value.path("certificate").asText("");
    String key = value.path("key").asText("");
    if (certificate.isEmpty() || key.isEmpty() || value.size() != 2) {
      errors.add(where + ": expected certificate and key, both PEM files");
      return Optional.empty();
    }
    return Optional.of(new ServerOptions.Tls(path(certificate), path(key)));
  }

  private List<ServerOptions.Webhook> webhooks(JsonNode value, String where) {
    List<ServerOptions.Webhook> hooks = new ArrayList<>();
    for (JsonNode one : value.isArray() ? value : List.of(value)) {
      String url = one.path("url").asText("");
      @Nullable String secret = secret(one.path("secret").asText(""));
      if (!isHttp(url)) {
        errors.add(where + ": expected url: https://host/path");
      } else if (secret == null || secret.length() < 16) {
        errors.add(
            where
                + ": expected secret: ${VARIABLE}, and the variable to hold at least 16 characters");
      } else {
        hooks.add(
            new ServerOptions.Webhook(url, secret, one.path("private-address").asBoolean(false)));
      }
    }
    return hooks;
  }

  private @Nullable String secret(String text) {
    Matcher variable = VARIABLE.matcher(text);
    return variable.matches()
        ? variables.find(variable.group(1)).map(found -> found.value()).orElse(null)
        : null;
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = new URI(url);
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
