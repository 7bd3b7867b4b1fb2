package dev.winnow.telemetry;

/**
 * The names of OpenTelemetry's conventions for generative AI that Winnow uses, here alone since
 * they still move.
 */
public final class GenAi {

  public static final String OPERATION = "gen_ai.operation.name";
  public static final String PROVIDER = "gen_ai.provider.name";
  public static final String REQUEST_MODEL = "gen_ai.request.model";
  public static final String RESPONSE_MODEL = "gen_ai.response.model";
  public static final String FINISH_REASONS = "gen_ai.response.finish_reasons";
  public static final String INPUT_TOKENS = "gen_ai.usage.input_tokens";
  public static final String OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
  public static final String CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens";
  public static final String CACHE_WRITE_TOKENS = "gen_ai.usage.cache_creation.input_tokens";
  public static final String REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
  public static final String OUTPUT_TYPE = "gen_ai.output.type";
  public static final String CONVERSATION = "gen_ai.conversation.id";
  public static final String AGENT = "gen_ai.agent.name";
  public static final String TOOL = "gen_ai.tool.name";
  public static final String TOOL_CALL = "gen_ai.tool.call.id";
  public static final String TOOL_TYPE = "gen_ai.tool.type";
  public static final String TOOL_ARGUMENTS = "gen_ai.tool.call.arguments";
  public static final String TOOL_RESULT = "gen_ai.tool.call.result";
  public static final String SYSTEM_INSTRUCTIONS = "gen_ai.system_instructions";
  public static final String INPUT_MESSAGES = "gen_ai.input.messages";
  public static final String OUTPUT_MESSAGES = "gen_ai.output.messages";
  public static final String TOKEN_TYPE = "gen_ai.token.type";

  /** Values of {@link #OPERATION}. */
  public static final String CHAT = "chat";

  public static final String EXECUTE_TOOL = "execute_tool";
  public static final String INVOKE_AGENT = "invoke_agent";

  /** Names of metrics. */
  static final String CALL_DURATION = "gen_ai.client.operation.duration";

  static final String TOKEN_USAGE = "gen_ai.client.token.usage";

  private GenAi() {}
}
