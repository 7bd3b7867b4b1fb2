package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.ChatModel;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** How a provider says things, for servers that play it. */
public interface Protocol {

  /** A call of a tool as the model writes it, valid or not. */
  record Call(String id, String tool, String arguments) {}

  /**
   * What the model answers.
   *
   * @param reasoning whether it reasons first
   */
  record Answer(String text, List<Call> calls, boolean reasoning, Stop stop) {
    public static Answer saying(String text) {
      return new Answer(text, List.of(), false, Stop.USUAL);
    }

    public static Answer calling(Call... calls) {
      return new Answer("", List.of(calls), false, Stop.USUAL);
    }
  }

  enum Stop {
    USUAL,
    OUTPUT_LIMIT,
    REFUSAL
  }

  ChatModel model(SdkModels models, URI server, String apiKey);

  /** The whole stream of events of an answer. */
  String stream(Answer answer);

  /** The beginning of any stream, without an end. */
  String beginning();

  /** One more piece of text in a stream that has begun. */
  String piece(String text);

  /** The body of an answer with an error status. */
  String error(int status, String message);

  /** An overload that is reported after the stream began. */
  String overloadedInStream();

  /** How this provider says that the conversation is too long: a status and a body, or a stream. */
  void overflow(ProtocolServer.Reply reply) throws IOException;

  /** What the model said, taken from the conversation in a later request. */
  List<JsonNode> sentBack(JsonNode request);

  /** The same as {@link #stream} says it, for comparison. */
  List<JsonNode> opaque(Answer answer);

  /**
   * Where in its conversation a request is.
   *
   * @param prompt counted from 1
   * @param turn how often the model has answered since that prompt
   */
  record Place(int prompt, int turn) {}

  Place place(JsonNode request);

  /**
   * What the provider itself would refuse about a conversation: calls and results that do not fit
   * together, and reasoning that is not as it was given, not in its place, or missing where the
   * phase still runs.
   *
   * @return empty when nothing is wrong
   */
  String fault(JsonNode request);

  /** Results of tools in a later request, by the id of the call. */
  Map<String, String> results(JsonNode request);
}
