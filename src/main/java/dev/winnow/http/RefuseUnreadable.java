package dev.winnow.http;

import dev.winnow.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what never gets as far as a route, because it is no HTTP request: like all errors. */
final class RefuseUnreadable extends ErrorHandler {

  private static final String TYPE = "application/problem+json";

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    GuardRequests.HEADERS.forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, TYPE);
    response.write(true, body(status), callback);
  }

  /** What the parser says quotes the client. */
  private static ByteBuffer body(int status) {
    Problem problem =
        switch (status) {
          case 413, 414, 431 -> Problem.of(status, "too-large", "The request's head is too large.");
          case 408 -> Problem.of(status, "too-slow", "The request did not arrive in time.");
          case 505 -> Problem.of(status, "malformed", "Only HTTP/1.1 is spoken here.");
          default ->
              status >= 500
                  ? Problem.of(status, "failed", "The request could not be answered.")
                  : Problem.of(status, "malformed", "This is no HTTP request that can be read.");
        };
    return ByteBuffer.wrap(Json.bytes(problem.body()));
  }
}
