package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.http.Role;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as people use it: a real server, real runs, a real browser. */
@Timeout(180)
@Order(1) // one of the longest
class PageTest {

  private static final int LARGEST = 200_000; // bytes, compressed

  private static TestServer server;
  private static Chromium chromium;
  private static FixtureRepository python;
  private static String bearer;

  /** Of ada, logged in: to load the page anew for each test would cost more than what is tested. */
  private static Tab tab;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "chromium is not installed");
    server = TestServer.start();
    python = FixtureRepository.create("python-unittest", server.winnow().newDirectory());
    bearer = server.bearer("ada", Role.ADMIN);
    chromium = Chromium.start();
    tab = chromium.open();
    logIn(tab, "ada");
  }

  @AfterAll
  static void stop() throws IOException {
    if (chromium != null) {
      chromium.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void look() {
    tab.look(1280, 860, false);
  }

  /** Neither exceptions, nor anything that the content security policy had to refuse. */
  @AfterEach
  void nothingWentWrong() {
    assertThat(tab.problems()).isEmpty();
  }

  private static void logIn(Tab tab, String name) {
    tab.go(server.origin() + "/#t=" + server.accounts().login(name).secret());
    tab.awaitText("h1", "Runs");
  }

  private static void visit(String path, String heading) {
    tab.follow(path);
    tab.awaitText("h1", heading);
  }

  private static String startRun(Map<String, Object> more) throws Exception {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("task", "Roman numerals");
    run.put("repository", python.directory().toString());
    run.putAll(more);
    JsonNode answer = TestServer.json(server.post(bearer, "/api/v1/tdd-runs", Json.write(run)));
    assertThat(answer.path("id").asText()).as(answer.toString()).isNotEmpty();
    return answer.path("id").asText();
  }

  /** An attempt whose process was killed after ten seconds, and one that began a minute ago. */
  private static final String KILLED_AND_RESUMED =
      """
      import('/js/waterfall.js').then(({ rows }) => rows([
        { attempt: 1, id: 1, parent: 0, name: 'run', start: '2026-01-01T00:00:00Z', end: null, error: '' },
        { attempt: 1, id: 2, parent: 1, name: 'red', start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:00:10Z', error: '' },
        { attempt: 2, id: 1, parent: 0, name: 'run', start: '2026-01-01T01:00:00Z', end: null, error: '' },
      ], Date.parse('2026-01-01T01:01:00Z')).map(row => (row.title ? row.millis : row.goesOn)))
      """;

  @Test
  void aPersonStartsARunWatchesItLooksAtTheEvidenceApprovesForksAndRejects() throws Exception {
    visit("/", "Runs");
    tab.isFitForEverybody("runs");

    tab.click("a.button", "New run");
    tab.type("#task", "Roman numerals to numbers");
    tab.type("#repository", "/nowhere");
    tab.type("#scripts", python.agent("right") + ", " + python.agent("subtle"));
    tab.type("#budget", "2.50");
    tab.click("label.check", "A person approves");
    tab.isFitForEverybody("new run");
    tab.click("button.primary", "Start the run");
    tab.await("document.querySelector('#repository[aria-invalid=true]')");
    tab.type("#repository", python.directory().toString());
    tab.click("button.primary", "Start the run");

    tab.awaitText(".lane", "Writing tests");
    tab.awaitText(".lane .marks", "Green");
    tab.awaitText("#decision-title", "right would win");
    tab.awaitText(".answer", "Deliver the winner?");
    tab.isFitForEverybody("run");

    tab.click(".cell", "red");
    tab.awaitText("dialog .results", "AssertionError");
    tab.isFitForEverybody("cell");
    tab.press("Escape");
    tab.await("!document.querySelector('dialog')");
    assertThat(tab.evaluate("document.activeElement.classList.contains('cell')").asBoolean())
        .as("the focus is back where it was")
        .isTrue();

    tab.click(".tabs a", "Changes");
    tab.awaitText(".file", "roman.py");
    tab.choose("#side-a", "c2");
    tab.await(
        "location.search.includes('a=c2') && document.querySelector('.diff .del') &&"
            + " document.querySelector('.diff .add')");
    tab.isFitForEverybody("changes");

    tab.click(".tabs a", "Overview");
    tab.click("button.primary", "Approve c1");
    tab.awaitText(".decision", "approved by ada");
    tab.awaitText(".facts", "winnow/");
    assertThat(RepositoryState.git(python.directory(), "branch", "--list", "winnow/*"))
        .isNotBlank();

    tab.click(".tabs a", "Timeline");
    for (String step : List.of("prepare", "candidate c1", "chat right.json")) {
      tab.awaitText(".waterfall .span", step);
    }
    tab.evaluate("document.querySelector('.waterfall').scrollTop = 1e6");
    tab.awaitText(".waterfall .span", "matrix cell");
    tab.awaitText(".waterfall .span", "decision");
    tab.awaitText("[role=status]", " steps");
    tab.go(tab.evaluate("location.href").asText()); // a link that somebody sent
    tab.awaitText(".waterfall .span", "prepare");
    tab.isFitForEverybody("timeline");
    assertThat(tab.evaluate(KILLED_AND_RESUMED).toString())
        .as("length of each attempt, and which span goes on")
        .isEqualTo("[10000,false,false,60000,true]");

    tab.click(".tabs a", "Checkpoints");
    tab.click("button", "Fork from evidence");
    tab.type("#fork-reason", "once more");
    tab.isFitForEverybody("fork");
    tab.click("dialog button.primary", "Fork");
    tab.awaitText(".run-head", "fork of");
    tab.awaitText("#decision-title", "right would win");
    tab.click(".answer button", "Reject");
    tab.type("#reason", "it is too long");
    tab.click("dialog button.primary", "Reject");
    tab.awaitText(".decision", "Rejected by ada: it is too long");
    tab.awaitText(".run-head .badge", "No winner");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/agents", "/settings", "/specs", "/nowhere"})
  void everyOtherPageIsFitForEverybody(String path) {
    tab.follow(path);
    tab.await("document.querySelector('main h1') && !document.querySelector('[aria-busy]')");
    tab.isFitForEverybody(path);
  }

  @Test
  void aTokenIsShownOnceAndIsRefusedAfterItWasRevoked() throws Exception {
    visit("/settings", "Settings");
    tab.click("button", "New token");
    tab.type("#label", "for the nightly build");
    tab.choose("#role", "viewer");
    tab.click("dialog button.primary", "Make the token");
    tab.await("document.querySelector('dialog code.secret')");
    String token = tab.text("dialog code.secret");
    assertThat(server.get("Bearer " + token, "/api/v1/me").body()).contains("viewer");
    tab.press("Escape");
    tab.awaitText("table", "for the nightly build");
    assertThat(tab.text("main")).doesNotContain(token);
    tab.click("button[aria-label='Revoke for the nightly build']");
    tab.click("dialog button.primary", "Revoke");
    tab.await("!document.querySelector('main').innerText.includes('nightly')");
    assertThat(server.get("Bearer " + token, "/api/v1/me").statusCode()).isEqualTo(401);
  }

  @Test
  void twoPeopleAnswerAnInterviewAndNothingIsLost() {
    visit("/specs", "Specs");
    tab.click("button", "New spec");
    tab.type("#spec-task", "Roman numerals become numbers");
    tab.type("#spec-repository", python.directory().toString());
    tab.click("button", "Create the spec");
    tab.click("button", "Start the interview");
    tab.click("dialog button", "Ask");
    tab.await("document.querySelectorAll('.question').length >= 2");
    tab.isFitForEverybody("spec");

    server.accounts().put("bob", Role.ADMIN);
    Tab other = chromium.open();
    logIn(other, "bob");
    String address = tab.evaluate("location.href").asText();
    other.go(address);
    tab.type("#answer-q1", "from ada");
    tab.type("#answer-q2", "of ada too");
    other.type("#answer-q1", "IV is 4, says bob");
    other.awaitText("#question-q1", "Not saved yet");
    other.go("about:blank");
    other.go(address);
    other.await("document.querySelector('#answer-q1').value.includes('says bob')");
    tab.click("button", "Save 2 answers");
    tab.awaitText("#question-q1", "Answered by ada");
    other.awaitText("#question-q1", "ada answered meanwhile");
    other.click("button", "Save 1 answer");
    other.awaitText("[role=alert]", "Somebody answered meanwhile");
    other.click("#question-q1 button", "Save mine instead");
    other.awaitText("#question-q1", "Answered by bob");
    assertThat(other.problems()).isEmpty();
    other.close();
    tab.awaitText("#question-q1", "Answered by bob");
    tab.awaitText("#question-q2", "Answered by ada");
    tab.awaitText("#criteria-title", "Acceptance criteria");
    tab.awaitText(".criteria", "IV is 4, says bob");
    tab.click("button", "Validate");
    tab.awaitText(".card", "alid");
    tab.isFitForEverybody("spec with criteria");
    tab.click("a.button", "Start a run");
    tab.awaitText("button.primary", "Start from");
  }

  @Test
  void aRunIsCancelledResumedAndGoesOnInThePageAfterTheServerWasRestarted() throws Exception {
    String script =
        server.script(
            "slow.json",
            "{\"latencyMs\": 3000, \"answer\": [{\"say\": \"first\", \"calls\": [{\"tool\":"
                + " \"current_datetime\", \"arguments\": {}}]}, {\"say\": \"the answer is"
                + " four\"}]}");
    String run = startRun(Map.of("kind", "answer", "agents", List.of(script), "repository", ""));
    tab.go(server.origin() + "/runs/" + run);
    tab.awaitText(".lane", "first");
    tab.evaluate("window.stayed = true");
    tab.click("button", "Cancel run");
    tab.click("dialog button.primary", "Stop the run");
    tab.awaitText(".run-head .badge", "Cancelled");
    tab.click("button", "Resume");
    tab.click("dialog button.primary", "Go on");
    tab.awaitText("button", "Cancel run"); // it is at work again
    server.restartHere(() -> {
      tab.awaitText("[role=status]", "Connection lost");
      server.winnow().run("runs", "watch", run);
    });
    tab.awaitText(".decision", "the answer is four");
    assertThat(tab.evaluate("window.stayed").asBoolean()).as("it was not loaded again").isTrue();
    tab.await("!document.querySelector('[role=status]')");
    tab.click(".tabs a", "Events");
    JsonNode known = TestServer.json(server.get(bearer, "/api/v1/tdd-runs/" + run));
    tab.awaitText("[role=status]", known.path("lastSequence").asInt() + " events");
  }

  /**
   * Jumps through the whole list: every row that can be seen is there, is the right one, in place.
   */
  private static final String SCROLL =
      """
      (async () => {
        const host = document.querySelector('.events');
        const wrong = [];
        let most = 0;
        for (let i = 1; i <= 40; i++) {
          const moved = new Promise(done => host.addEventListener('scroll', done, {once: true}));
          host.scrollTop = (i * 7919 * 32) % (host.scrollHeight - host.clientHeight);
          await moved;
          const rows = new Map([...host.querySelectorAll('.event')].map(row => [row.ariaPosInSet, row]));
          most = Math.max(most, rows.size);
          const top = host.getBoundingClientRect().top + host.clientTop - host.scrollTop;
          for (let at = Math.floor(host.scrollTop / 32); at * 32 < host.scrollTop + host.clientHeight; at++) {
            const row = rows.get(String(at + 1));
            if (row?.firstElementChild.textContent !== String(at + 1) || Math.abs(row.getBoundingClientRect().top - top - at * 32) > 1) wrong.push(at);
          }
        }
        return {most: most > 10 && most < 80, wrong};
      })()\
      """;

  @Test
  void twentyThousandEventsAreAFewRowsInTheDocument() throws Exception {
    String script = server.script("one.json", "{\"answer\": [{\"say\": \"four\"}]}");
    UUID run = server.ask(bearer, "two and two?", script, true);
    server
        .database()
        .update(
            """
            insert into event (run_id, sequence, body)
            select ?, n, jsonb_build_object('type', 'tool-called', 'candidate', 'c' || n % 3, 'purpose', 'green',
              'turn', n, 'call', 'x' || n, 'tool', 'fs_read_file', 'summary', 'file number ' || n)
            from generate_series((select max(sequence) + 1 from event where run_id = ?), 20000) n
            """,
            run, run);
    server
        .database()
        .update(
            """
            insert into trace (run_id, epoch, subject, traceparent, url)
            select ?, 1, s, '', 'https://traces.example/' || s from unnest(array['run', 'c1', 'decision']) s
            """,
            run);
    visit("/runs/" + run + "/events", "two and two?");
    tab.awaitText("a.trace[href='https://traces.example/run']", "Trace");
    tab.awaitText("[role=status]", "20000 events");
    assertThat(tab.evaluate(SCROLL).toString()).isEqualTo("{\"most\":true,\"wrong\":[]}");
    tab.evaluate("document.querySelector('.events').focus()");
    tab.press("End");
    tab.awaitText(".event", "file number 20000");
    tab.press("ArrowUp");
    tab.press("Enter");
    tab.awaitText("dialog", "file number 19999");
    tab.press("Escape");
    assertThat(tab.evaluate("document.querySelectorAll('.event').length").asInt()).isLessThan(80);
    tab.type("#event-filter", "number 1234");
    tab.awaitText("[role=status]", "11 of 20000 events");
    tab.isFitForEverybody("events");
    tab.click(".tabs a", "Overview");
    tab.await("document.querySelectorAll('.lane').length >= 3");
    tab.awaitText(".decision a.trace[href='https://traces.example/decision']", "Trace");
    tab.awaitText(".lane a.trace[href='https://traces.example/c1']", "Trace");
    assertThat(tab.evaluate("document.querySelectorAll('*').length").asInt()).isLessThan(4_000);

    tell(run, 20_001, "model-text-part", "I look ");
    tab.awaitText(".say.speaking", "I look");
    tell(run, 20_002, "model-text-part", "at the parser");
    tab.awaitText(".say.speaking", "I look at the parser");
    tell(run, 20_003, "model-text", "I look at the parser first.");
    tab.awaitText(".say:not(.speaking)", "I look at the parser first.");
    assertThat(tab.evaluate("document.querySelectorAll('.speaking').length").asInt()).isZero();
  }

  /** What a model says, as the log has it; a scripted one says everything at once. */
  private static void tell(UUID run, int sequence, String type, String text) {
    server
        .database()
        .update(
            "insert into event (run_id, sequence, body) values (?, ?, jsonb_build_object('type', ?,"
                + " 'candidate', 'c1', 'purpose', 'repair-1', 'turn', 1, 'text', ?))",
            run,
            sequence,
            type,
            text);
    server.database().announce(EventLog.NEWS, run.toString());
  }

  @Test
  void whatAgentsAndPeopleWriteStaysText() throws Exception {
    String evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    String script =
        server.script("evil.json", Json.write(Map.of("answer", List.of(Map.of("say", evil)))));
    String other = server.script("other.json", "{\"answer\": [{\"say\": \"another one\"}]}");
    String judge =
        server.script(
            "judge.json", "{\"verdict\": {\"winner\": 1, \"rationale\": \"the <b>first</b>\"}}");
    String run =
        startRun(
            Map.of(
                "task",
                evil,
                "kind",
                "answer",
                "repository",
                "",
                "agents",
                List.of(script, other),
                "judge",
                judge));
    visit("/runs/" + run, "<img src=x");
    tab.awaitText("#decision-title", "No winner");
    tab.awaitText(".decision", "<script>alert(2)</script>");
    // asked in both orders, and it contradicts itself
    for (String order : List.of("shown c1 before c2", "shown c2 before c1")) {
      tab.awaitText(".verdict", order);
    }
    assertThat(tab.text(".decision"))
        .contains(
            "Prefers c1", "Prefers c2", "the <b>first</b>", "The judge does not agree with itself");
    assertThat(tab.evaluate("document.querySelectorAll('main img, main script').length").asInt())
        .isZero();
    String shown =
        tab.evaluate(
                """
                Promise.all([import('/js/markdown.js'), import('/lib/lit-html.js')]).then(([m, lit]) => {
                  const at = document.createElement('div');
                  lit.render(m.markdown('# a\\n\\n[x](javascript:alert(1)) <b onclick=x>b</b>\\n\\n<script>1</script>\\n\\n- [ ] **do**'), at);
                  return at.innerHTML.replace(/<!--.*?-->/g, '');
                })\
                """)
            .asText();
    assertThat(shown)
        .contains("<strong>do</strong>", "&lt;b onclick")
        .doesNotContain("href", "<script", "<b ");
  }

  @Test
  void diffsAreReadAsGitWritesThem() {
    String files =
        tab.evaluate(
                """
                import('/js/diff-parse.js').then(m => JSON.stringify(m.parseDiff(`diff --git a/x.txt b/y.txt
                similarity index 90%
                rename from x.txt
                rename to y.txt
                --- a/x.txt
                +++ b/y.txt
                @@ -1,3 +1,4 @@ here
                 same
                -old line
                +new line
                +more
                --- no header
                diff --git a/z.bin b/z.bin
                new file mode 100644
                Binary files /dev/null and b/z.bin differ
                `.replace(/^ {16}/gm, '')).map(f => [f.path, f.status, f.added, f.removed, f.binary, f.hunks.flatMap(h => h.rows).length])))\
                """
                    .stripIndent())
            .asText();
    assertThat(files)
        .isEqualTo("[[\"y.txt\",\"renamed\",2,2,false,4],[\"z.bin\",\"added\",0,0,true,0]]");
  }

  @Test
  void theWholePageIsSmallWhenItIsCompressed() {
    tab.send("Network.enable", Map.of());
    tab.send("Network.setCacheDisabled", Map.of("cacheDisabled", true));
    var _ = tab.evaluate("window.leaving = true"); // the address may be the same before
    tab.go(server.origin() + "/");
    tab.await("!window.leaving && document.readyState === 'complete'");
    tab.awaitText("h1", "Runs");
    tab.send("Network.setCacheDisabled", Map.of("cacheDisabled", false));
    String bytes =
        """
        performance.getEntries().filter(e => e.encodedBodySize && !e.name.includes('/api/'))
          .reduce((sum, e) => sum + e.encodedBodySize, 0)\
        """;
    assertThat(tab.evaluate(bytes).asInt()).isBetween(20_000, LARGEST);
  }

  @Test
  void aViewerLooksAndTheKeyboardIsEnough() {
    server.accounts().put("vera", Role.VIEWER);
    Tab tab = chromium.open();
    tab.look(1280, 860, false);
    tab.go(server.origin() + "/");
    tab.awaitText("h1", "Winnow");
    tab.isFitForEverybody("log-in");
    tab.go(server.origin() + "/?again#t=wnw_old");
    tab.awaitText("main", "wrong, used already, or too old");
    tab.go(server.origin() + "/#t=" + server.accounts().login("vera").secret());
    tab.awaitText("main", "No runs yet");
    assertThat(tab.text("main")).doesNotContain("New run", "Start the first run");
    tab.evaluate("document.activeElement.blur()");
    tab.press("Tab");
    assertThat(tab.evaluate("document.activeElement.innerText").asText())
        .isEqualTo("To the content");
    tab.press("Enter");
    assertThat(tab.evaluate("document.activeElement.id").asText()).isEqualTo("content");
    tab.click("button[aria-label^=Switch]");
    tab.await("document.documentElement.dataset.theme === 'dark'");
    tab.go(server.origin() + "/agents");
    tab.awaitText("h1", "Agents");
    assertThat(tab.evaluate("document.documentElement.dataset.theme").asText()).isEqualTo("dark");
    tab.click("button[aria-label='Log out']");
    tab.awaitText("h1", "Winnow");
    assertThat(tab.problems()).isEmpty();
    tab.close();
  }
}
