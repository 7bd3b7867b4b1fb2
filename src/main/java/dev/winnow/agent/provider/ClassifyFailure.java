package dev.winnow.agent.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names what a provider complains about, from the status, the type or code of the error, and, where
 * providers have no code for it, its words.
 */
final class ClassifyFailure {

  private static final Pattern CONTEXT =
      Pattern.compile(
          "(?i)prompt is too long|context[ _](?:length|window)|maximum context"
              + "|input is too long|too many (?:input )?tokens|exceeds? the context");
  private static final Pattern CREDIT =
      Pattern.compile("(?i)credit balance|insufficient[ _]quota|exceeded your current quota");

  private ClassifyFailure() {}

  /** An answer whose status is not 200. */
  static ProviderFailure status(
      int status, byte[] body, Optional<Duration> retryAfter, String apiKey) {
    String text = new String(body, StandardCharsets.UTF_8);
    JsonNode error = error(text);
    String code = code(error);
    String said = error.isMissingNode() ? text : said(error);
    Kind kind = kind(code, said).filter(named -> fits(named, status)).orElseGet(() -> kind(status));
    return failure(kind, " (HTTP " + status + ")", said, retryAfter, apiKey);
  }

  /** Some servers call every error the same: a refused request does not get better by its name. */
  private static boolean fits(Kind named, int status) {
    return !named.again || kind(status).again;
  }

  /** An error in the middle of a stream; {@code error} has a type or code, and a message. */
  static ProviderFailure event(JsonNode error, String apiKey) {
    String code = code(error);
    Kind kind =
        kind(code, said(error)).orElse(code.startsWith("invalid") ? Kind.BAD_REQUEST : Kind.SERVER);
    return failure(kind, "", said(error), Optional.empty(), apiKey);
  }

  private static ProviderFailure failure(
      Kind kind, String status, String said, Optional<Duration> retryAfter, String apiKey) {
    String words = Shown.line(said, apiKey);
    return new ProviderFailure(
        kind, what(kind) + status + (words.isEmpty() ? "" : ": " + words), retryAfter);
  }

  private static JsonNode error(String body) {
    try {
      return Json.mapper().readTree(body).path("error");
    } catch (JsonProcessingException e) {
      return Json.mapper().missingNode();
    }
  }

  private static String code(JsonNode error) {
    String code = error.path("code").asText("");
    return (code.isEmpty() || code.equals("null") ? error.path("type").asText("") : code)
        .toLowerCase(Locale.ROOT);
  }

  private static String said(JsonNode error) {
    return error.isTextual() ? error.asText() : error.path("message").asText("");
  }

  private static Optional<Kind> kind(String code, String said) {
    Kind kind =
        switch (code) {
          case "context_length_exceeded", "request_too_large" -> Kind.CONTEXT_OVERFLOW;
          case "insufficient_quota", "billing_error" -> Kind.QUOTA;
          case "overloaded_error", "server_is_overloaded", "slow_down" -> Kind.OVERLOADED;
          case "rate_limit_error", "rate_limit_exceeded" -> Kind.RATE_LIMITED;
          case "authentication_error", "invalid_api_key" -> Kind.BAD_KEY;
          case "permission_error" -> Kind.FORBIDDEN;
          case "not_found_error", "model_not_found" -> Kind.NOT_FOUND;
          case "server_error", "api_error", "timeout_error" -> Kind.SERVER;
          default -> null;
        };
    if (kind == null || kind == Kind.RATE_LIMITED) {
      return CREDIT.matcher(said).find()
          ? Optional.of(Kind.QUOTA)
          : kind == null && CONTEXT.matcher(said).find()
              ? Optional.of(Kind.CONTEXT_OVERFLOW)
              : Optional.ofNullable(kind);
    }
    return Optional.of(kind);
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 401 -> Kind.BAD_KEY;
      case 402 -> Kind.QUOTA;
      case 403 -> Kind.FORBIDDEN;
      case 404 -> Kind.NOT_FOUND;
      case 408, 409 -> Kind.SERVER;
      case 413 -> Kind.CONTEXT_OVERFLOW;
      case 429 -> Kind.RATE_LIMITED;
      case 503, 529 -> Kind.OVERLOADED;
      default -> status >= 500 ? Kind.SERVER : status >= 400 ? Kind.BAD_REQUEST : Kind.NOT_A_STREAM;
    };
  }

  private static String what(Kind kind) {
    return switch (kind) {
      case CONTEXT_OVERFLOW -> "the conversation is larger than the model's context";
      case QUOTA -> "the account has no credit left";
      case OVERLOADED -> "the provider is overloaded";
      case RATE_LIMITED -> "the provider's rate limit is reached";
      case BAD_KEY -> "the API key was refused";
      case FORBIDDEN -> "the API key may not do this";
      case NOT_FOUND -> "the provider does not know this model or address";
      case SERVER -> "the provider failed";
      case BAD_REQUEST -> "the provider refused the request";
      case NOT_A_STREAM -> "the provider did not answer with a stream";
      case NO_CONNECTION,
          CERTIFICATE,
          PROXY,
          CUT,
          NO_FIRST_BYTE,
          SILENT,
          OUT_OF_TIME,
          TOO_LARGE,
          MALFORMED ->
          "the call failed";
    };
  }
}
