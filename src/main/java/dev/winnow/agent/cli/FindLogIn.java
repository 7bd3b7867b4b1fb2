package dev.winnow.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.Driver;
import dev.winnow.telemetry.Redact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Reads how the user is logged in to a program by subscription. What could renew the log-in is left
 * out: a candidate must not get it, and a copy that renews itself would log the user out.
 */
final class FindLogIn {

  private static final int MAX_FILE = 1 << 20;

  /**
   * A log-in.
   *
   * @param files as {@link Access.LogIn#files}
   * @param environment as {@link Access.LogIn#environment}
   */
  record LogIn(Map<String, String> files, Map<String, String> environment) {
    @Override
    public String toString() {
      return "LogIn[not shown]";
    }
  }

  /** What there is: a log-in, or why there is none in one line. */
  record Result(Optional<LogIn> logIn, String problem) {}

  private final Map<String, String> environment;
  private final Clock clock;

  FindLogIn(Map<String, String> environment, Clock clock) {
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  Result find(Driver driver) {
    return switch (driver) {
      case CODEX -> codex();
      case CLAUDE -> claude();
    };
  }

  private Result codex() {
    Optional<JsonNode> auth = json("CODEX_HOME", ".codex", "auth.json");
    JsonNode tokens = auth.map(node -> node.path("tokens")).orElse(null);
    String access = tokens == null ? "" : tokens.path("access_token").asText("");
    if (access.isBlank() || !(auth.get() instanceof ObjectNode copy)) {
      return new Result(Optional.empty(), "not logged in: set OPENAI_API_KEY, or run: codex login");
    }
    if (expired(access)) {
      return new Result(
          Optional.empty(), "the log-in of Codex has expired; start codex once to renew it");
    }
    copy.path("tokens").forEach(token -> Redact.know(token.asText()));
    ((ObjectNode) copy.path("tokens")).put("refresh_token", "");
    copy.put("last_refresh", clock.instant().toString());
    return new Result(
        Optional.of(new LogIn(Map.of("codex/auth.json", Json.write(copy)), Map.of())), "");
  }

  private Result claude() {
    String given = environment.getOrDefault("CLAUDE_CODE_OAUTH_TOKEN", "");
    if (!given.isBlank()) {
      return token(given);
    }
    Optional<JsonNode> file = json("CLAUDE_CONFIG_DIR", ".claude", ".credentials.json");
    JsonNode oauth = file.map(node -> node.path("claudeAiOauth")).orElse(null);
    String access = oauth == null ? "" : oauth.path("accessToken").asText("");
    if (oauth == null || access.isBlank()) {
      return new Result(
          Optional.empty(), "not logged in: set ANTHROPIC_API_KEY, or run: claude setup-token");
    }
    if (oauth.path("expiresAt").asLong(Long.MAX_VALUE) < clock.millis()) {
      return new Result(
          Optional.empty(), "the log-in of Claude Code has expired; start claude once to renew it");
    }
    return token(access);
  }

  private static Result token(String token) {
    Redact.know(token); // a candidate can read it, and say it
    return new Result(
        Optional.of(new LogIn(Map.of(), Map.of("CLAUDE_CODE_OAUTH_TOKEN", token))), "");
  }

  private Optional<JsonNode> json(String variable, String directory, String name) {
    String given = environment.getOrDefault(variable, "");
    String home = environment.getOrDefault("HOME", "");
    Path file = given.isBlank() ? Path.of(home, directory, name) : Path.of(given).resolve(name);
    try {
      if (!file.isAbsolute()) {
        return Optional.empty(); // in whatever directory this is, somebody else may have put it
      }
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE) {
        return Optional.empty();
      }
      return Optional.of(Json.mapper().readTree(Files.readString(file)));
    } catch (IOException e) {
      return Optional.empty(); // unreadable, or no JSON: not logged in
    }
  }

  /** A JSON web token says when it ends; anything else is left to the provider. */
  private boolean expired(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    try {
      JsonNode claims =
          Json.mapper()
              .readTree(
                  new String(
                      Base64.getUrlDecoder().decode(parts[1]),
                      java.nio.charset.StandardCharsets.UTF_8));
      return claims.path("exp").isNumber()
          && Instant.ofEpochSecond(claims.path("exp").asLong()).isBefore(clock.instant());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return false;
    }
  }
}
