package dev.winnow.agent;

import dev.winnow.Json;
import dev.winnow.agent.tool.ToolSpec;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import java.util.OptionalLong;

/** How many tokens a call can take, before any provider has counted them: rather too many. */
public final class EstimateCall {

  /** Output of a call that names no limit, reasoning included. */
  public static final int USUAL_OUTPUT = 32_000; // tokens

  /** English and code have 3.5 to 4.5 characters per token; other scripts have fewer. */
  private static final double CHARS_PER_TOKEN = 3;

  private EstimateCall() {}

  /** A model's prices. */
  public interface Prices {
    OptionalLong micros(long inputTokens, long outputTokens);
  }

  /**
   * @param usualOutput of a request that names no limit
   */
  public static Estimate upTo(ModelRequest request, int usualOutput, Prices prices) {
    long input = inputTokens(request);
    long output = request.maxOutputTokens().orElse(usualOutput);
    return new Estimate(prices.micros(input, output), input + output);
  }

  static long inputTokens(ModelRequest request) {
    long tokens = tokens(request.system());
    for (ToolSpec tool : request.tools()) {
      tokens += tokens(Json.write(tool));
    }
    return tokens + request.messages().stream().mapToLong(EstimateCall::tokens).sum();
  }

  static long tokens(Message message) {
    return switch (message) {
      case Message.User user -> tokens(user.text());
      case Message.Assistant assistant ->
          tokens(assistant.text())
              + tokens(assistant.calls().toString())
              + tokens(assistant.opaque().toString());
      case Message.ToolReturn result -> tokens(result.text());
    };
  }

  private static long tokens(String text) {
    long narrow = text.chars().filter(c -> c < 0x250).count();
    return (long) Math.ceil(narrow / CHARS_PER_TOKEN) + (text.length() - narrow) + 4;
  }
}
