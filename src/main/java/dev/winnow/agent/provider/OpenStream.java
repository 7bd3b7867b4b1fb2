package dev.winnow.agent.provider;

import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Posts a request whose answer must be a stream of events; anything else is a failure. */
final class OpenStream {

  /** Where an SDK's request belongs to: a client for each call would cost more than its request. */
  private static final ScopedValue<OpenStream> CURRENT = ScopedValue.newInstance();

  /** Of an error's body, this much is read. */
  private static final int MAX_ERROR_BYTES = 64 << 10;

  private final Transport transport;
  private final Attempt attempt;
  private final String apiKey;

  OpenStream(Transport transport, Attempt attempt, String apiKey) {
    this.transport = transport;
    this.attempt = attempt;
    this.apiKey = apiKey;
  }

  /** That of the work of this moment. */
  static OpenStream current() {
    return CURRENT.get();
  }

  /** Does work of an SDK whose request goes this way. */
  <T> T within(Supplier<T> work) {
    return ScopedValue.where(CURRENT, this).call(work::get);
  }

  /**
   * Posts what an SDK made of a request: both SDKs have the same types under names of their own.
   *
   * @param names of the headers
   * @param values of a header, by its name
   * @param body writes it
   * @return an answer of status 200 and type {@code text/event-stream}; the caller closes its body
   * @throws ProviderFailure otherwise
   */
  Transport.Answer open(
      String uri,
      Set<String> names,
      Function<String, List<String>> values,
      @Nullable String contentType,
      Consumer<OutputStream> body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.accept(bytes);
    Map<String, List<String>> headers = new TreeMap<>();
    names.forEach(name -> headers.put(name, values.apply(name)));
    if (contentType != null) {
      headers.put("Content-Type", List.of(contentType));
    }
    Transport.Answer answer =
        transport.post(URI.create(uri), headers, bytes.toByteArray(), attempt);
    boolean good = false;
    try {
      if (answer.status() != 200) {
        throw ClassifyFailure.status(
            answer.status(),
            start(answer.body()),
            RetryAfter.of(answer.headers(), Instant.now()),
            apiKey);
      }
      String type = header(answer.headers(), "content-type").orElse("");
      if (!type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
        throw new ProviderFailure(
            Kind.NOT_A_STREAM,
            "the provider answered with '%s' instead of a stream of events"
                .formatted(Shown.line(type, apiKey)));
      }
      good = true;
      return answer;
    } finally {
      if (!good) {
        answer.body().close();
      }
    }
  }

  private static Optional<String> header(Map<String, List<String>> headers, String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream())
        .findFirst();
  }

  /** The start of an error's body; what cannot be read of it does not hide the status. */
  private static byte[] start(AnswerStream body) {
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    try {
      while (start.size() < MAX_ERROR_BYTES) {
        int count = body.read(buffer, 0, buffer.length);
        if (count < 0) {
          break;
        }
        start.write(buffer, 0, count);
      }
    } catch (ProviderFailure e) {
      return start.toByteArray();
    }
    return start.toByteArray();
  }
}
