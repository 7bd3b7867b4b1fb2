package dev.winnow.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.Json;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request to a route, by somebody who may use it. */
final class Request {

  static final int LARGEST_PAGE = 200;
  private static final int USUAL_PAGE = 50;

  private static final JsonMapper STRICT = strict();

  private final Context context;
  private final @Nullable Principal principal;
  private final int mostBytes;
  private final Duration patience;
  private byte @Nullable [] read;

  Request(Context context, @Nullable Principal principal, int mostBytes, Duration patience) {
    this.context = context;
    this.principal = principal;
    this.mostBytes = mostBytes;
    this.patience = patience;
  }

  private static JsonMapper strict() {
    JsonMapper mapper = Json.mapper().copy();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(64)
                .maxStringLength(4_000_000)
                .maxDocumentLength(8_000_000)
                .build());
    return mapper;
  }

  Context context() {
    return context;
  }

  /** Who asks; only for routes that need somebody. */
  Principal who() {
    Principal known = principal;
    if (known == null) {
      throw Authenticate.unknown();
    }
    return known;
  }

  /** An id in the path; one that is none is not found. */
  UUID id(String name) {
    try {
      String text = context.pathParam(name);
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // not found, like an id that nobody has
    }
    throw Problem.notFound();
  }

  /** A short name in the path, such as c1. */
  String name(String parameter) {
    String text = context.pathParam(parameter);
    if (!text.matches("[A-Za-z0-9._#-]{1,80}")) {
      throw Problem.notFound();
    }
    return text;
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(text -> !text.isEmpty());
  }

  int number(String name, int usual, int least, int most) {
    return query(name)
        .map(text -> {
          if (text.matches("\\d{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
              return number;
            }
          }
          throw Problem.malformed(name, "Must be a number from %d to %d.".formatted(least, most));
        })
        .orElse(usual);
  }

  int limit() {
    return number("limit", USUAL_PAGE, 1, LARGEST_PAGE);
  }

  boolean flag(String name) {
    return query(name)
        .map(text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw Problem.malformed(name, "Must be true or false.");
            })
        .orElse(false);
  }

  Optional<UUID> cursor() {
    return query("cursor")
        .map(text -> {
          try {
            return UUID.fromString(text);
          } catch (IllegalArgumentException e) {
            throw Problem.malformed("cursor", "Must be the 'next' of a page.");
          }
        });
  }

  /** The body as it came; it may be empty. */
  byte[] bytes() {
    byte[] known = read;
    if (known == null) {
      known = readAll();
      read = known;
    }
    return known;
  }

  <T> T body(Class<T> type) {
    byte[] body = bytes();
    String text = body.length == 0 ? "{}" : new String(body, StandardCharsets.UTF_8);
    try {
      return parse(text, type);
    } catch (JsonProcessingException e) {
      throw ExplainFailure.of(e);
    }
  }

  /** Reads what a client sent, strictly. */
  static <T> T parse(String text, Class<T> type) throws JsonProcessingException {
    T value = STRICT.readValue(text, type);
    if (value == null) {
      throw Problem.malformed(null, "The body must be a JSON object.");
    }
    return value;
  }

  /** One byte now and then must not hold anything for ever. */
  private byte[] readAll() {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("body")
        .start(() -> {
          try (InputStream in = context.req().getInputStream()) {
            all.complete(in.readNBytes(mostBytes + 1));
          } catch (IOException | RuntimeException e) {
            all.completeExceptionally(e);
          }
        });
    try {
      byte[] body = all.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (body.length > mostBytes) {
        throw GuardRequests.tooLarge(mostBytes).with("Connection", "close");
      }
      return body;
    } catch (TimeoutException e) {
      throw Problem.of(408, "too-slow", "The body did not arrive in time.")
          .with("Connection", "close");
    } catch (ExecutionException e) {
      throw Problem.malformed(null, "The body ends too early, or its chunks cannot be read.")
          .with("Connection", "close");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of(408, "too-slow", "The body did not arrive.").with("Connection", "close");
    }
  }
}
