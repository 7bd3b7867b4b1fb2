package dev.winnow.http;

import dev.winnow.telemetry.Redact;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a request is not answered as it was asked; becomes an RFC 9457 problem. */
final class Problem extends RuntimeException {

  /**
   * The JSON form.
   *
   * @param type stable: {@code urn:winnow:problem:} and a name
   * @param category whose turn it is, as for the exit codes of the command line
   * @param field what is wrong in the body, as {@code budget.tokens}; or a parameter's name
   */
  record Body(
      String type,
      String title,
      int status,
      String detail,
      String category,
      @Nullable String field) {}

  private final int status;
  private final String name;
  private final String category;
  private final @Nullable String field;
  private final Map<String, String> headers;

  private Problem(
      int status,
      String name,
      String category,
      String detail,
      @Nullable String field,
      Map<String, String> headers) {
    super(Redact.text(detail), null, false, false);
    this.status = status;
    this.name = name;
    this.category = category;
    this.field = field;
    this.headers = headers;
  }

  static Problem of(int status, String name, String detail) {
    return new Problem(status, name, "usage", detail, null, Map.of());
  }

  static Problem of(int status, String name, String category, String detail) {
    return new Problem(status, name, category, detail, null, Map.of());
  }

  static Problem notFound() {
    return of(404, "not-found", "There is nothing here, or it is not yours.");
  }

  /** A part of the request that does not mean anything. */
  static Problem malformed(@Nullable String field, String detail) {
    return new Problem(400, "malformed", "usage", detail, field, Map.of());
  }

  /** A part of the request that means something that cannot be. */
  static Problem invalid(@Nullable String field, String detail) {
    return new Problem(422, "invalid", "usage", detail, field, Map.of());
  }

  static Problem conflict(String detail) {
    return of(409, "conflict", detail);
  }

  static Problem forbidden(String detail) {
    return of(403, "forbidden", detail);
  }

  Problem with(String header, String value) {
    return new Problem(
        status, name, category, String.valueOf(getMessage()), field, Map.of(header, value));
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  Body body() {
    return new Body(
        "urn:winnow:problem:" + name,
        name.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
            + name.substring(1).replace('-', ' '),
        status,
        String.valueOf(getMessage()),
        category,
        field);
  }
}
