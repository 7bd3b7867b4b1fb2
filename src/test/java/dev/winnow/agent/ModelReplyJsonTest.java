package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Replies survive the journal as they are. */
class ModelReplyJsonTest {

  private static JsonNode json(String text) {
    return Json.read(text, JsonNode.class);
  }

  @Test
  void aReplyIsTheSameAfterTheJournal() {
    ModelReply reply =
        new ModelReply(
            new Message.Assistant(
                "said \"this\"\n\tünï 😀 ${jndi:x}",
                List.of(
                    new ToolCall("id-1", "fs_write_file", json("{\"path\": \"a\", \"z\": null}")),
                    new ToolCall("id-2", "odd", json("null")),
                    new ToolCall("id-3", "odd", json("[]"))),
                List.of(
                    json("{\"type\": \"reasoning\", \"encrypted\": \"gAAA==\", \"a\": [1, 2.5]}"),
                    json("\"text\""),
                    json("{\"z\": {}, \"b\": {\"y\": 1, \"x\": 12345678901234567890}}"))),
            new Usage(1, 2, 3, 4),
            ModelReply.StopReason.TOOL_CALLS);
    String written = Json.write(reply);
    ModelReply read = Json.read(written, ModelReply.class);
    assertThat(read).isEqualTo(reply);
    assertThat(Json.write(read)).isEqualTo(written);
  }

  @Test
  void everyKindOfMessageIsTheSameAfterTheJournal() {
    List<Message> messages =
        List.of(
            new Message.User("u"),
            new Message.Assistant("", List.of(), List.of()),
            new Message.ToolReturn("id", "t", false));
    ModelRequest request = new ModelRequest("red", "s", messages, List.of());
    assertThat(Json.read(Json.write(request), ModelRequest.class)).isEqualTo(request);
  }
}
