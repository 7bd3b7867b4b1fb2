package dev.winnow.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.provider.AnthropicProtocol;
import dev.winnow.agent.provider.OpenAiProtocol;
import dev.winnow.agent.provider.Protocol;
import dev.winnow.agent.provider.ProtocolServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A model, of whichever provider is asked, that runs one command of a script for each prompt of a
 * conversation, in order, and then says that it is finished.
 */
public final class PlayCandidate implements ProtocolServer.Behaviour {

  private final List<String> commands;

  /**
   * @param commands for the shell; "hang" answers nothing
   */
  public PlayCandidate(List<String> commands) {
    this.commands = List.copyOf(commands);
  }

  @Override
  public void answer(ProtocolServer.Received request, ProtocolServer.Reply reply)
      throws IOException {
    boolean openai = request.path().startsWith("/v1/responses");
    if (!openai && !request.path().startsWith("/v1/messages?")) {
      reply.whole(404, Map.of("content-type", "application/json"), "{}");
      return;
    }
    Protocol protocol = openai ? new OpenAiProtocol() : new AnthropicProtocol();
    int calls = calls(request.body());
    if (afterCall(request.body())) {
      reply.stream(protocol.stream(answer("finished", List.of())));
    } else if (calls >= commands.size() || commands.get(calls).equals("hang")) {
      reply.begin();
      reply.send(protocol.beginning());
      reply.hang();
    } else {
      String arguments =
          Json.write(
              openai
                  ? Map.of("cmd", commands.get(calls))
                  : Map.of("command", commands.get(calls), "description", "works"));
      Protocol.Call call =
          new Protocol.Call("call_" + calls, openai ? "exec_command" : "Bash", arguments);
      reply.stream(protocol.stream(answer("working", List.of(call))));
    }
  }

  private static Protocol.Answer answer(String text, List<Protocol.Call> calls) {
    return new Protocol.Answer(text, calls, false, Protocol.Stop.USUAL);
  }

  /** How many calls the conversation has so far. */
  static int calls(JsonNode body) {
    int calls = 0;
    for (JsonNode item : body.path("input")) {
      calls += item.path("type").asText().equals("function_call") ? 1 : 0;
    }
    for (JsonNode message : body.path("messages")) {
      for (JsonNode content : message.path("content")) {
        calls += content.path("type").asText().equals("tool_use") ? 1 : 0;
      }
    }
    return calls;
  }

  private static boolean afterCall(JsonNode body) {
    JsonNode input = body.path("input");
    if (input.isArray()) {
      return input.path(input.size() - 1).path("type").asText().equals("function_call_output");
    }
    JsonNode messages = body.path("messages");
    JsonNode last = messages.path(messages.size() - 1).path("content");
    return last.isArray() && last.findValuesAsText("type").contains("tool_result");
  }
}
