package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.tool.ToolSpec;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import java.util.List;
import java.util.Map;
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
    long input = request.inputTokens().orElseGet(() -> inputTokens(request));
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
          tokens(assistant.text()) + calls(assistant.calls()) + items(assistant.opaque());
      case Message.ToolReturn result -> tokens(result.text());
    };
  }

  private static long calls(List<ToolCall> calls) {
    Characters sum = new Characters();
    for (ToolCall call : calls) {
      sum.add(call.id());
      sum.add(call.tool());
      sum.add(call.arguments());
    }
    return sum.tokens();
  }

  private static long items(List<JsonNode> items) {
    Characters sum = new Characters();
    items.forEach(sum::add);
    return sum.tokens();
  }

  private static long tokens(String text) {
    Characters sum = new Characters();
    sum.add(text);
    return sum.tokens();
  }

  /** Counted without writing the JSON: all of a conversation is estimated before each call. */
  private static final class Characters {
    private static final int AROUND = 6; // quotation marks, a colon, a comma, brackets

    private long narrow;
    private long wide;

    void add(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) < 0x250) {
          narrow++;
        } else {
          wide++;
        }
      }
    }

    void add(JsonNode node) {
      narrow += AROUND;
      if (node.isValueNode()) {
        add(node.asText());
      } else if (node instanceof ObjectNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          add(field.getKey());
          add(field.getValue());
        }
      } else {
        node.forEach(this::add);
      }
    }

    long tokens() {
      return (long) Math.ceil(narrow / CHARS_PER_TOKEN) + wide + 4;
    }
  }
}
