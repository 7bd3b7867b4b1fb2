package dev.winnow.agent.provider;

import com.anthropic.client.AnthropicClientImpl;
import com.anthropic.core.ClientOptions;
import com.anthropic.core.JsonField;
import com.anthropic.core.JsonValue;
import com.anthropic.core.LogLevel;
import com.anthropic.core.ObjectMappers;
import com.anthropic.core.http.HttpResponse;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.MessageParam;
import com.anthropic.models.messages.OutputConfig;
import com.anthropic.models.messages.ToolUnion;
import com.anthropic.services.blocking.MessageService;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.OutputFormat;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;

/** One attempt of a call of Anthropic's Messages API. The only class that builds with its SDK. */
final class CallAnthropic implements CallProvider {

  /**
   * Of the API, and not the SDK's newer one: servers that play Anthropic know this one, and it
   * takes a temperature.
   */
  private static final String VERSION = "2023-06-01";

  private final SdkModel model;
  private final Transport transport;
  private final MessageService.WithRawResponse messages;

  CallAnthropic(SdkModel model, Transport transport) {
    this.model = model;
    this.transport = transport;
    ProviderAccount account = model.account();
    ClientOptions.Builder options =
        ClientOptions.builder()
            .httpClient(new AnthropicHttp())
            .replaceHeaders("anthropic-version", VERSION)
            .replaceHeaders("x-api-key", account.apiKey().isEmpty() ? "none" : account.apiKey())
            .maxRetries(0)
            .jsonMapper(json())
            .logLevel(LogLevel.OFF);
    account.baseUrl().map(URI::toString).ifPresent(options::baseUrl);
    this.messages = new AnthropicClientImpl(options.build()).messages().withRawResponse();
  }

  /** With buffers that all calls share: each call has a thread of its own. */
  private static JsonMapper json() {
    JsonMapper json = ObjectMappers.jsonMapper().copy();
    json.getFactory().setRecyclerPool(JsonRecyclerPools.sharedConcurrentDequePool());
    return json;
  }

  @Override
  public ModelReply once(ModelRequest request, Consumer<ModelDelta> deltas, Attempt attempt) {
    String apiKey = model.account().apiKey();
    return new OpenStream(transport, attempt, apiKey)
        .within(() -> {
          try (HttpResponse response = messages.createStreaming(params(request))) {
            return ReadAnswer.read(
                response.body(),
                attempt.limits(),
                new ReadMessage(deltas, apiKey, model.cost(), attempt.limits()));
          }
        });
  }

  private MessageCreateParams params(ModelRequest request) {
    MessageCreateParams.Builder params =
        MessageCreateParams.builder()
            .model(model.bareName())
            .maxTokens(request.maxOutputTokens().orElse(SdkModel.MAX_OUTPUT_TOKENS))
            .messages(
                CallAnthropic.<List<MessageParam>>raw(BuildMessages.messages(request.messages())));
    JsonNode system = BuildMessages.system(request.system());
    if (!system.isEmpty()) {
      params.system(CallAnthropic.<MessageCreateParams.System>raw(system));
    }
    if (!request.tools().isEmpty()) {
      params.tools(CallAnthropic.<List<ToolUnion>>raw(BuildMessages.tools(request.tools())));
    }
    model
        .temperature()
        .ifPresent(
            degrees -> params.putAdditionalBodyProperty("temperature", JsonValue.from(degrees)));
    request
        .format()
        .ifPresent(format -> params.outputConfig(CallAnthropic.<OutputConfig>raw(output(format))));
    return params.build();
  }

  private static JsonNode output(OutputFormat format) {
    ObjectNode output = JsonNodeFactory.instance.objectNode();
    output.putObject("format").put("type", "json_schema").set("schema", format.schema());
    return output;
  }

  /** JSON as it is: what the provider said must go back without being understood. */
  @SuppressWarnings("unchecked")
  private static <T> JsonField<T> raw(JsonNode json) {
    return (JsonField<T>) JsonValue.fromJsonNode(json);
  }
}
