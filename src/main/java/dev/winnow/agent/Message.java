package dev.winnow.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A message of a conversation between Winnow and a model. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "role")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "user", value = Message.User.class),
  @JsonSubTypes.Type(name = "assistant", value = Message.Assistant.class),
  @JsonSubTypes.Type(name = "tool", value = Message.ToolReturn.class),
})
public sealed interface Message {

  record User(String text) implements Message {}

  /**
   * @param opaque provider items (reasoning, signatures) that go back unchanged and in order
   */
  record Assistant(String text, List<ToolCall> calls, List<JsonNode> opaque) implements Message {
    public Assistant {
      calls = List.copyOf(calls);
      opaque = List.copyOf(opaque);
    }
  }

  record ToolReturn(String callId, String text, boolean ok) implements Message {}
}
