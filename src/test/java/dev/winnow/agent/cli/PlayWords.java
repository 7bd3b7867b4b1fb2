package dev.winnow.agent.cli;

import dev.winnow.agent.provider.AnthropicProtocol;
import dev.winnow.agent.provider.OpenAiProtocol;
import dev.winnow.agent.provider.Protocol;
import dev.winnow.agent.provider.ProtocolServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A model, of whichever provider is asked, that only speaks.
 *
 * @param says what, by whether OpenAI is asked, and by the whole request
 */
public record PlayWords(BiFunction<Boolean, String, String> says)
    implements ProtocolServer.Behaviour {

  @Override
  public void answer(ProtocolServer.Received request, ProtocolServer.Reply reply)
      throws IOException {
    boolean openai = request.path().startsWith("/v1/responses");
    if (!openai && !request.path().startsWith("/v1/messages?")) {
      reply.whole(404, Map.of("content-type", "application/json"), "{}");
      return;
    }
    Protocol protocol = openai ? new OpenAiProtocol() : new AnthropicProtocol();
    String words = says.apply(openai, request.body().toString());
    reply.stream(
        protocol.stream(new Protocol.Answer(words, List.of(), false, Protocol.Stop.USUAL)));
  }
}
