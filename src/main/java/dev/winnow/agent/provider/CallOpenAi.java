package dev.winnow.agent.provider;

import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.core.JsonField;
import com.openai.core.JsonValue;
import com.openai.core.LogLevel;
import com.openai.core.ObjectMappers;
import com.openai.core.http.HttpResponse;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseIncludable;
import com.openai.models.responses.ResponseTextConfig;
import com.openai.models.responses.Tool;
import com.openai.services.blocking.ResponseService;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.OutputFormat;
import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** One attempt of a call of OpenAI's Responses API. The only class that builds with its SDK. */
final class CallOpenAi implements CallProvider {

  private final SdkModel model;
  private final Transport transport;
  private final ResponseService.WithRawResponse responses;

  CallOpenAi(SdkModel model, Transport transport) {
    this.model = model;
    this.transport = transport;
    ProviderAccount account = model.account();
    ClientOptions.Builder options =
        ClientOptions.builder()
            .httpClient(new OpenAiHttp())
            .apiKey(account.apiKey().isEmpty() ? "none" : account.apiKey())
            .organization(account.organisation())
            .maxRetries(0)
            .jsonMapper(json())
            .logLevel(LogLevel.OFF);
    account.baseUrl().map(URI::toString).ifPresent(options::baseUrl);
    this.responses = new OpenAIClientImpl(options.build()).responses().withRawResponse();
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
          try (HttpResponse response = responses.createStreaming(params(request))) {
            return ReadAnswer.read(
                response.body(),
                attempt.limits(),
                new ReadResponse(deltas, apiKey, model.cost(), attempt.limits()));
          }
        });
  }

  private ResponseCreateParams params(ModelRequest request) {
    ResponseCreateParams.Builder params =
        ResponseCreateParams.builder()
            .model(model.bareName())
            .input(CallOpenAi.<ResponseCreateParams.Input>raw(BuildInput.input(request.messages())))
            .store(false)
            // without the server's copy, reasoning can only come back with the conversation
            .addInclude(ResponseIncludable.REASONING_ENCRYPTED_CONTENT)
            .promptCacheKey(CacheKey.of(request))
            .parallelToolCalls(true);
    if (!request.system().isBlank()) {
      params.instructions(request.system());
    }
    if (!request.tools().isEmpty()) {
      params.tools(CallOpenAi.<List<Tool>>raw(BuildInput.tools(request.tools())));
    }
    outputLimit(request).ifPresent(params::maxOutputTokens);
    model.temperature().ifPresent(params::temperature);
    request
        .format()
        .ifPresent(format -> params.text(CallOpenAi.<ResponseTextConfig>raw(text(format))));
    return params.build();
  }

  /** Servers of one's own often have a smaller context than that, and refuse a larger limit. */
  private OptionalInt outputLimit(ModelRequest request) {
    return request.maxOutputTokens().isPresent() || model.account().baseUrl().isPresent()
        ? request.maxOutputTokens()
        : OptionalInt.of(SdkModel.MAX_OUTPUT_TOKENS);
  }

  private static JsonNode text(OutputFormat format) {
    ObjectNode text = JsonNodeFactory.instance.objectNode();
    text.putObject("format")
        .put("type", "json_schema")
        .put("name", format.name())
        .put("strict", true)
        .set("schema", format.schema());
    return text;
  }

  /** JSON as it is: what the provider said must go back without being understood. */
  @SuppressWarnings("unchecked")
  private static <T> JsonField<T> raw(JsonNode json) {
    return (JsonField<T>) JsonValue.fromJsonNode(json);
  }
}
