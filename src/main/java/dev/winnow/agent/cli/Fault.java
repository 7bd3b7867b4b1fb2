package dev.winnow.agent.cli;

import dev.winnow.agent.CapText;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Why a program failed, as far as its words and the provider's status tell. */
enum Fault {
  NOT_LOGGED_IN("the provider does not accept its key or log-in"),
  QUOTA("the provider's quota or credit is used up"),
  RATE_LIMITED("the provider refuses more requests for now (429)"),
  CONTEXT_FULL("the conversation is longer than the model's context"),
  OVERLOADED("the provider has a failure of its own"),
  CONNECTION("the connection to the provider broke or stood still"),
  BAD_REQUEST("the provider refuses the request (400)"),
  LIMIT("a limit of the program's own was reached"),
  SESSION_LOST("the earlier session is not there any more"),
  OTHER("it failed");

  private record Sign(Fault fault, List<String> words) {}

  // the order matters: a quota is also a 429, an overflow is also a 400
  private static final List<Sign> SIGNS =
      List.of(
          new Sign(
              SESSION_LOST,
              List.of(
                  "no conversation found",
                  "no rollout found",
                  "session not found",
                  "thread not found",
                  "no session found")),
          new Sign(LIMIT, List.of("error_max_turns", "error_max_budget", "error_max_structured")),
          new Sign(
              QUOTA,
              List.of(
                  "insufficient_quota",
                  "quota exceeded",
                  "credit balance",
                  "usage limit",
                  "billing")),
          new Sign(
              CONTEXT_FULL,
              List.of(
                  "ran out of room",
                  "context_length_exceeded",
                  "context window",
                  "prompt is too long")),
          new Sign(
              NOT_LOGGED_IN,
              List.of(
                  "401",
                  "403",
                  "failed to authenticate",
                  "invalid api key",
                  "incorrect api key",
                  "not logged in",
                  "/login",
                  "authentication_failed",
                  "missing environment variable")),
          new Sign(RATE_LIMITED, List.of("429", "too many requests", "rate limit")),
          new Sign(
              OVERLOADED,
              List.of("529", "500", "502", "503", "overloaded", "high demand", "internal server")),
          new Sign(BAD_REQUEST, List.of("400", "invalid_request_error", "bad request")),
          new Sign(
              CONNECTION,
              List.of(
                  "stream disconnected",
                  "idle timeout",
                  "timed out",
                  "timeout",
                  "connection",
                  "error sending request",
                  "network")));

  private final String meaning;

  Fault(String meaning) {
    this.meaning = meaning;
  }

  static Fault of(String message, OptionalInt status) {
    String text = (status.isPresent() ? status.getAsInt() + " " : "") + message;
    String lower = text.toLowerCase(Locale.ROOT);
    return SIGNS.stream()
        .filter(sign -> sign.words.stream().anyMatch(word -> says(lower, word)))
        .map(Sign::fault)
        .findFirst()
        .orElse(OTHER);
  }

  /** A status is a number of its own, not a part of another one. */
  private static boolean says(String text, String word) {
    int at = text.indexOf(word);
    if (at < 0 || !Character.isDigit(word.charAt(0))) {
      return at >= 0;
    }
    int end = at + word.length();
    return (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
        && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
  }

  /** One line for people. */
  String describe(CliProgram program, String message) {
    String said = CapText.oneLine(message, 200);
    String help = this == NOT_LOGGED_IN ? "; " + program.logIn() : "";
    return "%s: %s%s%s"
        .formatted(program.label(), meaning, help, said.isEmpty() ? "" : " (" + said + ")");
  }
}
