package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.winnow.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteMessagesTest {

  private static final String KEY = "sk-ant-api03-AbCdEfGh0123456789AbCdEfGh0123456789";

  private static Message.Assistant wish(String text, String argument) {
    JsonNode arguments = JsonNodeFactory.instance.objectNode().put("path", argument);
    return new Message.Assistant(
        text, List.of(new ToolCall("t1", "fs_read_file", arguments)), List.of());
  }

  @Test
  void aConversationHasRolesAndParts() {
    String written =
        WriteMessages.input(
            List.of(
                new Message.User("what is in it?"),
                wish("", "a.txt"),
                new Message.ToolReturn("t1", "nothing", true)));
    assertThat(Json.read(written, JsonNode.class))
        .isEqualTo(
            Json.read(
                """
                [{"role": "user", "parts": [{"type": "text", "content": "what is in it?"}]},
                 {"role": "assistant", "parts": [{"type": "tool_call", "id": "t1",
                   "name": "fs_read_file", "arguments": {"path": "a.txt"}}]},
                 {"role": "tool", "parts": [{"type": "tool_call_response", "id": "t1",
                   "response": "nothing"}]}]
                """,
                JsonNode.class));
  }

  @Test
  void aReplySaysWhyItEnded() {
    assertThat(Json.read(WriteMessages.output(wish("I look.", "a"), "tool_call"), JsonNode.class))
        .isEqualTo(
            Json.read(
                """
                [{"role": "assistant", "finish_reason": "tool_call", "parts": [
                  {"type": "text", "content": "I look."},
                  {"type": "tool_call", "id": "t1", "name": "fs_read_file",
                   "arguments": {"path": "a"}}]}]
                """,
                JsonNode.class));
  }

  @Test
  void whatIsLongIsStillJsonAndItsEndIsThere() {
    List<Message> messages =
        new ArrayList<>(Collections.nCopies(30, wish("x".repeat(3000), "y".repeat(9000))));
    messages.add(new Message.User("the newest \"one\" " + "z".repeat(100_000)));
    String written = WriteMessages.input(messages);
    assertThat(written).hasSizeBetween(8_000, 20_000);
    JsonNode read = Json.read(written, JsonNode.class);
    assertThat(read.path(read.size() - 1).at("/parts/0/content").asText())
        .startsWith("the newest \"one\" zzz")
        .endsWith("…");
    assertThat(read.at("/0/parts/1/arguments").asText()).startsWith("{\"path\"").endsWith("…");
  }

  @Test
  void keysAreTakenOutOfTextsResultsAndArguments() {
    String written =
        WriteMessages.system("use " + KEY)
            + WriteMessages.input(
                List.of(
                    new Message.User("my key is " + KEY),
                    wish("I use " + KEY, KEY),
                    new Message.ToolReturn("t1", "KEY=\"" + KEY + "\"", true)))
            + WriteMessages.output(
                new Message.Assistant(
                    "",
                    Collections.nCopies(
                        1000, new ToolCall(KEY, KEY, JsonNodeFactory.instance.objectNode())),
                    List.of()),
                "tool_call")
            + WriteMessages.output(wish("", "-H \"x-api-key: " + KEY + "\""), "stop");
    assertThat(written).contains("[secret]").doesNotContain("AbCdEfGh").hasSizeLessThan(5_000);
  }
}
