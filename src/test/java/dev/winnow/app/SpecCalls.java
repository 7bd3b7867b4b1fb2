package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** Requests about specs that are answered with each status that is described. */
final class SpecCalls {

  private static final String PATH = "/api/v1/specs";

  private SpecCalls() {}

  static String create(TestServer server, String who) throws Exception {
    HttpResponse<String> made =
        server.post(who, PATH, "{\"task\":\"Add a discount of 10 % to carts above 100\"}");
    return TestServer.json(made).path("id").asText();
  }

  static void add(Map<String, OpenApiTest.Call> calls, TestServer server, String who)
      throws IOException {
    String slow =
        server.script(
            "asks.json",
            "{\"questions\":[{\"question\":\"Which carts?\",\"rationale\":\"They differ.\"}],"
                + "\"latencyMs\":3000}");
    String stub = "{\"mode\":\"stub\",\"maxQuestions\":2}";
    calls.put("createSpec 201", () -> server.post(who, PATH, "{\"task\":\"x\"}"));
    calls.put("createSpec 422", () -> server.post(who, PATH, "{}"));
    calls.put("validateSpec 200", () -> act(server, who, create(server, who), "validate", "{}"));
    calls.put("planSpec 200", () -> act(server, who, create(server, who), "planning", stub));
    calls.put(
        "planSpec 202",
        () ->
            act(
                server,
                who,
                create(server, who),
                "planning",
                Json.write(Map.of("mode", "single", "agents", List.of(slow)))));
    calls.put(
        "planSpec 422",
        () -> act(server, who, create(server, who), "planning", "{\"mode\":\"both\"}"));
    calls.put("answerSpec 200", () -> answer(server, who, planned(server, who, stub), 0, "all"));
    calls.put(
        "answerSpec 202",
        () -> {
          String single =
              Json.write(Map.of("mode", "single", "maxQuestions", 2, "agents", List.of(slow)));
          return answer(server, who, planned(server, who, single), 0, "all");
        });
    calls.put(
        "answerSpec 409",
        () -> {
          JsonNode spec = planned(server, who, stub);
          var _ = answer(server, who, spec, 0, "one thing");
          return answer(server, who, spec, 0, "another thing");
        });
    calls.put("answerSpec 422", () -> answer(server, who, planned(server, who, stub), 0, ""));
    calls.put("approveSpec 409", () -> act(server, who, create(server, who), "approve", "{}"));
    calls.put(
        "approveSpec 200",
        () -> {
          String id = planned(server, who, stub).path("id").asText();
          server.database().update("update spec set status = 'validated' where id = ?::uuid", id);
          return act(server, who, id, "approve", "{}");
        });
    calls.put("rejectSpec 200", () -> act(server, who, create(server, who), "reject", "{}"));
  }

  private static HttpResponse<String> act(
      TestServer server, String who, String spec, String action, String body) throws Exception {
    return server.post(who, PATH + "/" + spec + "/" + action, body);
  }

  /** A spec with questions. */
  private static JsonNode planned(TestServer server, String who, String how) throws Exception {
    String id = create(server, who);
    JsonNode spec = TestServer.json(act(server, who, id, "planning", how));
    while (spec.at("/artifacts/planning/questions").isEmpty()) {
      spec = TestServer.json(server.get(who, PATH + "/" + id));
    }
    return spec;
  }

  private static HttpResponse<String> answer(
      TestServer server, String who, JsonNode spec, int question, String text) throws Exception {
    String id = spec.at("/artifacts/planning/questions/" + question + "/id").asText();
    String body =
        Json.write(
            Map.of(
                "version", spec.path("version").asLong(),
                "answers", List.of(Map.of("question", id, "text", text))));
    return server.send(
        "PUT",
        PATH + "/" + spec.path("id").asText() + "/planning/answers",
        body,
        "Authorization",
        who,
        "Content-Type",
        "application/json");
  }
}
