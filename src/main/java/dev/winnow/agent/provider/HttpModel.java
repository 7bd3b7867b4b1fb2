package dev.winnow.agent.provider;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.EstimateCall;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Usage;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.telemetry.Redact;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An agent behind an address as a model: each turn is one POST of prompt, model and context. What
 * it wants done in the workspace it says in its reply, and Winnow does it with the tools that every
 * agent has. The form of both is in docs/agents.md.
 */
final class HttpModel implements ChatModel {

  private final AgentConfig.Http config;
  private final Credentials credentials;
  private final CostOf cost;
  private final RetryCalls retries;
  private final Supplier<Transport> transport;

  HttpModel(
      AgentConfig.Http config,
      Credentials credentials,
      PriceTable prices,
      RetryCalls retries,
      Supplier<Transport> transport) {
    this.config = config;
    this.credentials = credentials;
    this.cost = new CostOf(prices, config.model().orElse(""));
    this.retries = retries;
    this.transport = transport;
  }

  @Override
  public String name() {
    return config.shownEndpoint() + config.model().map(m -> " " + m).orElse("");
  }

  @Override
  public Estimate upTo(ModelRequest request) {
    return EstimateCall.upTo(request, EstimateCall.USUAL_OUTPUT, cost::upTo);
  }

  @Override
  public ModelReply reply(
      ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation) {
    cancellation.check();
    if (changesAreIn(request.messages())) {
      return new ModelReply(
          new Message.Assistant("", List.of(), List.of()), Usage.NONE, ModelReply.StopReason.END);
    }
    byte[] body = WriteHttpPrompt.body(request, config.model());
    Map<String, List<String>> headers = headers();
    try {
      return retries.call(
          cancellation, deltas, attempt -> once(request, headers, body, deltas, attempt));
    } catch (WinnowException e) {
      // an endpoint may send back what it was sent
      throw new WinnowException(
          e.category(), Redact.text(String.valueOf(e.getMessage())), e.getCause());
    }
  }

  /** Files or a diff end the agent's turn once all of them are in the workspace. */
  private static boolean changesAreIn(List<Message> messages) {
    for (Message message : messages.reversed()) {
      switch (message) {
        case Message.ToolReturn result -> {
          if (!result.ok()) {
            return false;
          }
        }
        case Message.Assistant assistant -> {
          return !assistant.calls().isEmpty() && ReadHttpReply.endsWhenDone(assistant);
        }
        case Message.User _ -> {
          return false;
        }
      }
    }
    return false;
  }

  private Map<String, List<String>> headers() {
    Map<String, List<String>> headers = new TreeMap<>();
    config
        .headers()
        .forEach((name, value) -> headers.put(name, List.of(credentials.expand(value))));
    headers.put("Content-Type", List.of("application/json"));
    headers.put("Accept", List.of("application/json, text/event-stream"));
    return headers;
  }

  private ModelReply once(
      ModelRequest request,
      Map<String, List<String>> headers,
      byte[] body,
      Consumer<ModelDelta> deltas,
      Attempt attempt) {
    Transport.Answer answer = transport.get().post(config.endpoint(), headers, body, attempt);
    try (AnswerStream stream = answer.body()) {
      String type = header(answer, "content-type").toLowerCase(Locale.ROOT);
      if (answer.status() >= 300 && answer.status() < 400) {
        throw new ProviderFailure(
            Kind.BAD_REQUEST,
            "the address answers with a redirect (HTTP %d), which is not followed: give the new address"
                .formatted(answer.status()));
      }
      if (answer.status() != 200) {
        throw ClassifyFailure.status(
            answer.status(),
            whole(stream, 64 << 10, true),
            RetryAfter.of(answer.headers(), Instant.now()),
            "");
      }
      ReadHttpReply reader = new ReadHttpReply(request, deltas, cost);
      if (type.startsWith("text/event-stream")) {
        return reader.events(
            new EventStream(stream, attempt.limits()),
            new AnswerSize(attempt.limits()),
            () -> stream.finish(Duration.ZERO));
      }
      if (type.startsWith("application/json") || type.matches("application/[^;]*\\+json.*")) {
        return reader.json(whole(stream, attempt.limits().answerChars(), false));
      }
      throw new ProviderFailure(
          Kind.BAD_REQUEST,
          "the answer is '%s', neither JSON nor a stream of events"
              .formatted(Shown.line(type, "")));
    }
  }

  private static String header(Transport.Answer answer, String name) {
    return answer.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> new ArrayList<>(header.getValue()).stream())
        .findFirst()
        .orElse("");
  }

  /** The whole body, or, for what is only shown, its start. */
  private static byte[] whole(AnswerStream stream, int most, boolean startIsEnough) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[16 << 10];
    try {
      for (int count = stream.read(buffer, 0, buffer.length);
          count >= 0;
          count = stream.read(buffer, 0, buffer.length)) {
        body.write(buffer, 0, count);
        if (body.size() > most) {
          if (startIsEnough) {
            break;
          }
          throw new ProviderFailure(
              Kind.TOO_LARGE, "the answer is larger than %,d bytes".formatted(most));
        }
      }
    } catch (ProviderFailure e) {
      // what cannot be read of an error's body does not hide its status
      if (!startIsEnough) {
        throw e;
      }
    }
    return body.toByteArray();
  }
}
