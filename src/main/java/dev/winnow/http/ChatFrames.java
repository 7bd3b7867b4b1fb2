package dev.winnow.http;

import dev.winnow.Json;
import dev.winnow.checkpoint.RunEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells the events of a message's run in the words of a chat. The last frame of each event carries
 * a cursor, so that a client that comes back gets all frames of an event or none.
 */
final class ChatFrames {

  private final UUID conversation;
  private final int turn;
  private final UUID run;
  private final boolean crew;
  private final Map<String, String> agents = new HashMap<>();
  private final Map<String, StringBuilder> streamed = new HashMap<>();

  /**
   * @param crew whether several agents answer
   */
  ChatFrames(UUID conversation, int turn, UUID run, boolean crew) {
    this.conversation = conversation;
    this.turn = turn;
    this.run = run;
    this.crew = crew;
  }

  /** The frame before all others of the turn. */
  String prompt(String message) {
    return write("user_prompt", data("content", message, "run", run.toString()), 0);
  }

  /**
   * The frames of the next events, in UTF-8; none for those that say nothing in a chat.
   *
   * @param known the last event whose frames the client has; -1 for none
   */
  List<byte[]> of(List<EventFrame> events, long known) {
    List<byte[]> frames = new ArrayList<>();
    for (EventFrame recorded : events) {
      List<Told> told = new ArrayList<>();
      tell(recorded.event().event(), told);
      for (int i = 0; i < told.size() && recorded.sequence() > known; i++) {
        Told one = told.get(i);
        Long cursor = i == told.size() - 1 ? recorded.sequence() : null;
        frames.add(write(one.type(), one.data(), cursor).getBytes(StandardCharsets.UTF_8));
      }
    }
    return frames;
  }

  private record Told(String type, Map<String, Object> data) {}

  private void tell(RunEvent event, List<Told> told) {
    switch (event) {
      case RunEvent.RunCreated created -> {
        if (crew) {
          told.add(new Told("crew_started", data("agents", created.agents())));
        }
      }
      case RunEvent.CandidateStarted started -> {
        agents.put(started.candidate(), started.agent());
        if (crew) {
          told.add(new Told("agent_started", who(started.candidate())));
        }
        told.add(new Told("model_request_start", who(started.candidate())));
      }
      case RunEvent.ModelTextPart part -> {
        streamed
            .computeIfAbsent(key(part.candidate(), part.turn()), _ -> new StringBuilder())
            .append(part.text());
        told.add(new Told("text_delta", and(who(part.candidate()), "delta", part.text())));
      }
      case RunEvent.ModelText text -> told.add(rest(text));
      case RunEvent.ModelRetried retried -> {
        streamed.remove(key(retried.candidate(), retried.turn()));
        told.add(
            new Told(
                "model_request_start",
                and(who(retried.candidate()), "reason", retried.reason(), "again", true)));
      }
      case RunEvent.ToolCalled call -> {
        Map<String, Object> data =
            and(who(call.candidate()), "call", call.call(), "tool", call.tool());
        data.put("summary", call.summary());
        told.add(new Told("tool_call_delta", new LinkedHashMap<>(data)));
        told.add(new Told("tool_call", data));
      }
      case RunEvent.ToolReturned result -> {
        Map<String, Object> data =
            and(who(result.candidate()), "call", result.call(), "tool", result.tool());
        data.put("ok", result.ok());
        data.put("summary", result.summary());
        told.add(new Told("tool_result", data));
      }
      case RunEvent.CandidateFinished finished -> {
        if (crew) {
          Map<String, Object> data = and(who(finished.candidate()), "state", finished.state());
          data.put("reason", finished.reason());
          told.add(new Told("agent_completed", data));
        }
      }
      case RunEvent.Decided decided -> {
        if (crew) {
          Map<String, Object> data = data("winner", decided.winner(), "rule", decided.rule());
          data.put("rationale", decided.rationale());
          data.put("confidence", decided.confidence());
          told.add(new Told("decision", data));
        }
      }
      case RunEvent.RunFinished finished -> finish(finished, told);
      case RunEvent.PhaseStarted _,
          RunEvent.Notice _,
          RunEvent.BaseTested _,
          RunEvent.ConversationCondensed _,
          RunEvent.SnapshotTaken _,
          RunEvent.RedChecked _,
          RunEvent.GreenChecked _,
          RunEvent.CellFinished _,
          RunEvent.TamperFound _,
          RunEvent.JudgeAnswered _,
          RunEvent.Delivered _,
          RunEvent.Forked _,
          RunEvent.Answered _ -> {
        // a chat has no words for them; the run's own log has all
      }
    }
  }

  /** What was not streamed yet; a short reply comes at once, as one delta. */
  private Told rest(RunEvent.ModelText text) {
    StringBuilder streaming = streamed.remove(key(text.candidate(), text.turn()));
    String before = streaming == null ? "" : streaming.toString();
    boolean continues = text.text().startsWith(before);
    String delta = continues ? text.text().substring(before.length()) : text.text();
    Map<String, Object> data = and(who(text.candidate()), "delta", delta);
    if (!continues) {
      data.put("replaces", true); // an attempt was void, or the middle was left out
    }
    return new Told("text_delta", data);
  }

  private void finish(RunEvent.RunFinished finished, List<Told> told) {
    Object answer =
        finished.result().get("winner") instanceof Map<?, ?> winner ? winner.get("text") : null;
    if (answer == null) {
      told.add(new Told("error", data("outcome", finished.outcome(), "reason", finished.reason())));
    } else {
      Map<String, Object> data = data("content", answer, "outcome", finished.outcome());
      told.add(new Told("final_result", data));
    }
    told.add(new Told("complete", data("outcome", finished.outcome(), "run", run.toString())));
  }

  private static String key(String candidate, int turn) {
    return candidate + "/" + turn;
  }

  private Map<String, Object> who(String candidate) {
    return data("candidate", candidate, "agent", agents.getOrDefault(candidate, candidate));
  }

  private static Map<String, Object> data(String name, @Nullable Object value) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put(name, value);
    return data;
  }

  private static Map<String, Object> data(
      String name, @Nullable Object value, String other, @Nullable Object otherValue) {
    Map<String, Object> data = data(name, value);
    data.put(other, otherValue);
    return data;
  }

  private static Map<String, Object> and(Map<String, Object> data, String name, Object value) {
    data.put(name, value);
    return data;
  }

  private static Map<String, Object> and(
      Map<String, Object> data, String name, Object value, String other, Object otherValue) {
    data.put(name, value);
    data.put(other, otherValue);
    return data;
  }

  private String write(String type, Map<String, Object> data, @Nullable Number sequence) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", type);
    frame.put("data", data);
    frame.put("conversation", conversation);
    if (sequence != null) {
      frame.put("cursor", turn + ":" + sequence);
    }
    return Json.write(frame);
  }
}
