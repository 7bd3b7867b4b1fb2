package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the pictures of docs/page.md anew: a real server, real runs, a real browser. */
final class TakeScreenshots {

  private static final String SETTINGS =
      """
      agents:
        careful: {kind: scripted, script: %1$s/right.json}
        quick: {kind: scripted, script: %1$s/subtle.json}
        sly: {kind: scripted, script: %1$s/cheat.json}
        outsider: {kind: scripted, script: %1$s/tester.json}
        explainer: {kind: scripted, script: %1$s/answer.json}
        openai: {kind: sdk, provider: openai, model: "openai-responses:gpt-5.1-codex"}
      """;

  private final TestServer server;
  private final Tab tab;
  private final Path to;
  private final DemoRepository demo;
  private final String bearer;
  private final String task;
  private String see = "0"; // brings what a picture is about into sight

  private TakeScreenshots(TestServer server, Tab tab, Path to, DemoRepository demo)
      throws IOException {
    this.server = server;
    this.tab = tab;
    this.to = to;
    this.demo = demo;
    this.task = Files.readString(Path.of("src/main/resources/demo/task.txt"));
    this.bearer = server.bearer("ada", Role.ADMIN);
  }

  /** Into the directory that is named, or docs/screenshots. */
  public static void main(String[] args) throws Exception {
    Path to = Path.of(args.length > 0 ? args[0] : "docs/screenshots");
    Files.createDirectories(to);
    DemoRepository demo = DemoRepository.create();
    try (TestCommandLine winnow = TestCommandLine.create()) {
      Path directory = winnow.newDirectory();
      Path own = Path.of(winnow.environment().getOrDefault("HOME", ""), ".config", "winnow");
      Files.createDirectories(own);
      Files.writeString(own.resolve("winnow.yaml"), SETTINGS.formatted(priced(demo.scripts())));
      try (TestServer server = TestServer.in(winnow, directory);
          Chromium chromium = Chromium.start()) {
        new TakeScreenshots(server, chromium.open(), to, demo).all();
      }
    }
    System.exit(0);
  }

  /** Copies of the scripts that pretend to cost something. */
  private static Path priced(Path scripts) throws IOException {
    Path copies = Files.createTempDirectory(scripts, "priced");
    Map<String, Integer> micros =
        Map.of(
            "right.json",
            21_300,
            "subtle.json",
            9_700,
            "cheat.json",
            12_400,
            "tester.json",
            18_900);
    for (Map.Entry<String, Integer> script : micros.entrySet()) {
      String json = Files.readString(scripts.resolve(script.getKey()));
      ObjectNode changed = (ObjectNode) Json.read(json, JsonNode.class);
      changed.put("costMicros", script.getValue());
      Files.writeString(copies.resolve(script.getKey()), Json.write(changed));
    }
    Files.writeString(
        copies.resolve("answer.json"),
        """
        {"answer": [{"say": "Half a cent goes up: Money.percent rounds half up, and MoneyTest fixes that."}],
         "costMicros": 4100, "usage": {"inputTokens": 5200, "outputTokens": 180}}
        """);
    return copies;
  }

  /** Runs of other days, so that the list looks like one. */
  private void before() throws Exception {
    String asked =
        send(
            "/api/v1/tdd-runs?wait=60",
            Map.of(
                "kind",
                "answer",
                "task",
                "Where is half a cent rounded, and is that tested?",
                "agents",
                List.of("explainer")));
    String stopped =
        send(
            "/api/v1/tdd-runs",
            Map.of(
                "task",
                "Prices with more than two decimals",
                "repository",
                demo.directory().toString(),
                "agents",
                List.of("quick:3")));
    JsonNode over =
        TestServer.json(server.post(bearer, "/api/v1/tdd-runs/" + stopped + "/cancel", "{}"));
    if (!over.path("status").asText().equals("cancelled")) {
      awaitEnd(stopped);
    }
    int hours = 3;
    for (String run : List.of(stopped, asked)) {
      server
          .database()
          .update(
              "update run set created_at = created_at - make_interval(hours => ?),"
                  + " finished_at = finished_at - make_interval(hours => ?) where id = ?::uuid",
              hours,
              hours,
              run);
      hours += 23;
    }
  }

  private String send(String path, Map<String, ?> body) throws Exception {
    JsonNode answer = TestServer.json(server.post(bearer, path, Json.write(body)));
    if (!answer.has("id")) {
      throw new IOException(answer.toString());
    }
    return answer.path("id").asText();
  }

  private void all() throws Exception {
    tab.look(1280, 860, false);
    tab.go(server.origin() + "/");
    tab.awaitText("h1", "Winnow");
    pictures("login");
    tab.go(server.origin() + "/#t=" + server.accounts().login("ada").secret());
    tab.awaitText("h1", "Runs");
    pictures("runs-none");
    before();
    String waits = start(task, List.of("careful", "quick", "sly"), true, "outsider");
    String live =
        start("The cart shows what a discount saves", List.of("careful", "quick"), false, "");
    tab.go(server.origin() + "/runs/" + live);
    awaitPatiently(
        "document.querySelectorAll('.check-mark').length >= 2 &&"
            + " document.querySelectorAll('.say').length > 5");
    pictures("run-live");
    awaitEnd(live);
    awaitEnd(waits);
    start("Round half a cent to the even cent", List.of("quick", "sly", "careful"), false, "");
    visit("/", "table.runs tbody tr:nth-child(3)", "runs");
    visit("/new", ".agents-pick .pick", "new-run");
    visit("/runs/" + waits, ".answer", "run");
    see = "document.querySelector('.matrix').closest('.card').scrollIntoView({block: 'center'})";
    pictures("evidence");
    tab.click(".cell", "red");
    tab.await("document.querySelector('dialog .results')");
    pictures("cell");
    see = "0";
    visit("/runs/" + waits + "/changes?a=c2&b=c1", ".diff", "changes");
    visit("/runs/" + waits + "/timeline", ".span", "timeline");
    visit("/runs/" + waits + "/checkpoints", ".timeline li", "checkpoints");
    visit("/runs/" + waits + "/events", ".event", "events");
    spec();
    visit("/agents", "table tbody tr", "agents");
    visit("/settings", "table tbody tr", "settings");
  }

  private String start(String request, List<String> agents, boolean approve, String tester)
      throws Exception {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("task", request);
    run.put("repository", demo.directory().toString());
    run.put("agents", agents);
    run.put("approve", approve);
    run.put("budget", Map.of("costMicros", 2_000_000));
    if (!tester.isEmpty()) {
      run.put("tester", tester);
    }
    return send("/api/v1/tdd-runs", run);
  }

  private void awaitPatiently(String expression) {
    for (int look = 1; ; look++) {
      try {
        tab.await(expression);
        return;
      } catch (AssertionError e) {
        if (look == 20) {
          throw e;
        }
      }
    }
  }

  /** A busy machine may need minutes: Maven is started a dozen times. */
  private void awaitEnd(String run) throws Exception {
    String status;
    do {
      status =
          TestServer.json(server.get(bearer, "/api/v1/tdd-runs/" + run + "?wait=60"))
              .path("status")
              .asText();
    } while (List.of("queued", "running").contains(status));
  }

  private void spec() throws Exception {
    String made = "/api/v1/specs";
    JsonNode spec =
        TestServer.json(
            server.post(
                bearer,
                made,
                Json.write(Map.of("task", task, "repository", demo.directory().toString()))));
    String id = spec.path("id").asText();
    JsonNode asked =
        TestServer.json(
            server.post(bearer, made + "/" + id + "/planning", Json.write(Map.of("mode", "stub"))));
    answer(
        id,
        asked,
        "q1",
        """
        10 pieces of one article cost 5 % less
        50 pieces of one article cost 10 % less
        Half a cent is rounded up\
        """);
    visit("/specs", "table.runs tbody tr", "specs");
    visit("/specs/" + id, ".question", "spec");
    for (JsonNode question : asked.path("artifacts").path("planning").path("questions")) {
      if (!question.path("id").asText().equals("q1")) {
        answer(
            id,
            TestServer.json(server.get(bearer, made + "/" + id)),
            question.path("id").asText(),
            "9 pieces cost the full price\nAn empty cart costs nothing");
      }
    }
    visit("/specs/" + id, ".criteria", "spec-written");
  }

  private void answer(String id, JsonNode spec, String question, String text) throws Exception {
    server.send(
        "PUT",
        "/api/v1/specs/" + id + "/planning/answers",
        Json.write(
            Map.of(
                "version", spec.path("version").asLong(),
                "answers", List.of(Map.of("question", question, "text", text)))),
        "Authorization",
        server.bearer("bob", Role.ADMIN),
        "Content-Type",
        "application/json");
  }

  private void visit(String path, String seen, String name) throws IOException {
    tab.go(server.origin() + path);
    tab.await("document.querySelector('%s')".formatted(seen));
    pictures(name);
  }

  private void pictures(String name) throws IOException {
    picture(name + "-light", 1280, 860, false);
    picture(name + "-dark", 1280, 860, true);
    picture(name + "-phone", 390, 844, false);
    tab.look(1280, 860, false);
    for (boolean dark : List.of(false, true)) {
      tab.look(1280, 860, dark);
      settle();
      tab.axe().forEach(line -> System.out.println(name + (dark ? " dark " : " ") + line));
    }
    tab.look(1280, 860, false);
    tab.problems().forEach(line -> System.out.println(name + " PROBLEM " + line));
  }

  private void picture(String name, int width, int height, boolean dark) throws IOException {
    tab.look(width, height, dark);
    tab.evaluate(see); // also after the page has got another width
    settle();
    Files.write(to.resolve(name + ".png"), tab.screenshot());
  }

  private void settle() {
    tab.evaluate(
        "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(r,"
            + " 150))))");
  }
}
