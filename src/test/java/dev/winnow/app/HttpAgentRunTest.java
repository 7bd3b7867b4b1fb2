package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.provider.ProtocolServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Agents behind addresses work on a repository, from the task to the branch. */
@Timeout(120)
class HttpAgentRunTest {

  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  /** Tests as a file, the change as a diff, both from the script that the path names. */
  private static Map<String, Object> work(JsonNode script, String purpose) {
    Map<String, Object> reply = new HashMap<>();
    reply.put("content", "what I did");
    reply.put("usage", Map.of("inputTokens", 1000, "outputTokens", 100, "costUsd", 0.25));
    JsonNode call = script.path(purpose).path(0).path("calls");
    if (purpose.equals("red")) {
      JsonNode file = call.path(1).path("arguments");
      reply.put(
          "files",
          List.of(
              Map.of(
                  "path", file.path("path").asText(), "content", file.path("content").asText())));
    } else {
      JsonNode edit = call.path(0).path("arguments");
      String kept = edit.path("find").asText();
      String added = edit.path("replace").asText().substring(kept.length());
      reply.put(
          "diff",
          "--- a/roman.py\n+++ b/roman.py\n@@ -1,4 +1,20 @@\n"
              + each(" ", kept)
              + each("+", added));
    }
    return reply;
  }

  private static String each(String mark, String lines) {
    return lines.lines().map(line -> mark + line + "\n").collect(Collectors.joining());
  }

  private static ProtocolServer server(FixtureRepository python) {
    return new ProtocolServer((request, reply) -> {
      Path script = python.scripts().resolve(request.path().substring(1) + ".json");
      String purpose = request.body().path("context").path("purpose").asText();
      JsonNode turns = Json.read(Files.readString(script), JsonNode.class);
      reply.whole(200, JSON, Json.write(work(turns, purpose)));
    });
  }

  @Test
  void theRightOneWinsOverTheSubtlyWrongOne() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.withSharedServer()) {
      FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
      try (ProtocolServer server = server(python)) {
        Path settings = winnow.newDirectory();
        Files.createDirectories(settings.resolve(".config/winnow"));
        Files.writeString(
            settings.resolve(".config/winnow/winnow.yaml"),
            """
            agents:
              far: {kind: http, endpoint: "%1$s/right", headers: {Authorization: "Bearer ${FAR_TOKEN}"}}
              subtle: {kind: http, endpoint: "%1$s/subtle"}
            """
                .formatted(server.address()));
        TestCommandLine.Result result =
            winnow.run(
                Map.of("HOME", settings.toString(), "FAR_TOKEN", "far-secret-0123456789"),
                "run",
                "--json",
                "--repo",
                python.directory().toString(),
                "--task",
                python.task(),
                "--agents",
                "subtle,far",
                "--tester",
                python.agent("tester"));
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        JsonNode last = result.last();
        assertThat(last.path("winner").path("agent").asText()).isEqualTo("far");
        assertThat(last.path("decision").path("rule").asText()).isEqualTo("tests");
        assertThat(git(python.directory(), "show", last.path("branch").asText() + ":roman.py"))
            .contains("that a canonical Roman numeral stands for");
        assertThat(last.path("cost").asDouble()).isEqualTo(1.0);
        assertThat(last.path("candidates").path(0).path("vetoes")).isEmpty();
        assertThat(server.received()).hasSize(4);
        assertThat(server.received())
            .filteredOn(request -> request.path().equals("/right"))
            .allSatisfy(request ->
                assertThat(request.headers())
                    .containsEntry("authorization", "Bearer far-secret-0123456789"));
        assertThat(result.out() + result.err()).doesNotContain("0123456789");
        assertThat(winnow.leftInWorkDirectory()).isEmpty();
      }
    }
  }
}
