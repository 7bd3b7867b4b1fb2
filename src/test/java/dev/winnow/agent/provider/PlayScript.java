package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.provider.Protocol.Answer;
import dev.winnow.agent.provider.Protocol.Call;
import dev.winnow.agent.provider.Protocol.Place;
import dev.winnow.agent.provider.Protocol.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A provider whose model follows a script for scripted agents: its first prompt is red, its second
 * green, those after that repairs. What it has said before, it reads in the request.
 */
public final class PlayScript implements ProtocolServer.Behaviour {

  private final Protocol protocol;
  private final JsonNode script;

  public PlayScript(Protocol protocol, Path script) {
    this.protocol = protocol;
    try {
      this.script = Json.read(Files.readString(script), JsonNode.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void answer(ProtocolServer.Received request, ProtocolServer.Reply reply)
      throws IOException {
    reply.stream(protocol.stream(next(protocol.place(request.body()))));
  }

  private Answer next(Place place) {
    JsonNode turns =
        switch (place.prompt()) {
          case 1 -> script.path("red");
          case 2 -> script.path("green");
          default -> script.path("repair").path(place.prompt() - 3);
        };
    JsonNode turn = turns.path(place.turn());
    List<Call> calls = new ArrayList<>();
    for (JsonNode call : turn.path("calls")) {
      String id = "call_%d_%d_%d".formatted(place.prompt(), place.turn(), calls.size());
      calls.add(new Call(id, call.path("tool").asText(), Json.write(call.path("arguments"))));
    }
    return new Answer(turn.path("say").asText("done"), calls, true, Stop.USUAL);
  }
}
