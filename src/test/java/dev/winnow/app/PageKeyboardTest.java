package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Json;
import dev.winnow.http.Role;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page with nothing but a keyboard: where the focus is can be seen, and it is never lost. */
@Timeout(180)
@Order(1) // one of the longest
class PageKeyboardTest {

  private static final int MOST_STOPS = 120;

  private static TestServer server;
  private static Chromium chromium;
  private static FixtureRepository python;
  private static Tab tab;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Chromium.program().isPresent(), "chromium is not installed");
    server = TestServer.start();
    python = FixtureRepository.create("python-unittest", server.winnow().newDirectory());
    server.accounts().put("ada", Role.ADMIN);
    chromium = Chromium.start();
    tab = chromium.open();
    tab.look(1280, 860, false);
    tab.go(server.origin() + "/");
    tab.awaitText("h1", "Winnow");
    goTo("#link");
    tab.write(server.origin() + "/#t=" + server.accounts().login("ada").secret());
    tab.press("Enter");
    tab.awaitText("h1", "Runs");
    hasFocus("the start page");
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

  private static void goTo(String selector) {
    goTo(selector, "");
  }

  /** Presses Tab until the focus is there; every stop on the way can be seen and has a name. */
  private static void goTo(String selector, String name) {
    tab.await(
        "[...document.querySelectorAll(%s)].some(e => (e.innerText + e.ariaLabel).includes(%s) && !e.disabled)"
            .formatted(Json.write(selector), Json.write(name)));
    String there =
        "(e => e.matches(%s) && (e.innerText + e.ariaLabel).includes(%s))(document.activeElement)"
            .formatted(Json.write(selector), Json.write(name));
    for (int stop = 0; !tab.evaluate(there).asBoolean(); stop++) {
      assertThat(stop).as("stops on the way to " + selector + " " + name).isLessThan(MOST_STOPS);
      tab.press("Tab");
      assertThat(
              tab.evaluate(
                      """
                      (e => {
                        if (e === document.body || e.id === 'content') return '';
                        const outline = getComputedStyle(e).outlineStyle;
                        const box = e.getBoundingClientRect();
                        const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
                        return outline !== 'none' && seen ? '' : e.outerHTML.slice(0, 200) + ' ' + outline + ' ' + JSON.stringify(box);
                      })(document.activeElement)\
                      """)
                  .asText())
          .as("cannot be seen")
          .isEmpty();
    }
  }

  private static void choose(String selector, String name) {
    goTo(selector, name);
    tab.press("Enter");
  }

  private static void hasFocus(String when) {
    tab.await("document.activeElement && document.activeElement !== document.body");
    assertThat(tab.evaluate("document.hasFocus()").asBoolean()).as(when).isTrue();
  }

  private static String focused() {
    return tab.evaluate("document.activeElement.id || document.activeElement.innerText").asText();
  }

  @Test
  void aRunFromTheFormToItsForkAndItsApproval() {
    choose("nav a", "Runs");
    choose("a.button", "New run");
    tab.awaitText("h1", "New run");
    hasFocus("the form");
    goTo("#task");
    tab.write("Roman numerals to numbers");
    goTo("#repository");
    tab.write("/nowhere");
    goTo("#scripts");
    tab.write(python.agent("right") + ", " + python.agent("subtle"));
    goTo("label.check input");
    tab.press("Space");
    choose("button.primary", "Start the run");
    tab.await("document.activeElement.matches('#repository[aria-invalid=true]')");
    tab.evaluate("document.activeElement.select()");
    tab.write(python.directory().toString());
    choose("button.primary", "Start the run");

    tab.awaitText(".lane", "Writing tests");
    goTo(".talk");
    tab.awaitText("#decision-title", "right would win");
    assertThat(tab.evaluate("document.activeElement.className").asText())
        .as("who reads a lane at the end of the run stays there")
        .isEqualTo("talk");
    assertThat(tab.text("#announcer")).isEqualTo("The run: Needs a decision");
    String run = tab.evaluate("location.pathname").asText();

    tab.pressShift("Tab");
    choose(".cell", "red");
    tab.awaitText("dialog .results", "AssertionError");
    tab.press("Escape");
    tab.await("!document.querySelector('dialog') && document.activeElement.matches('.cell')");

    choose(".tabs a", "Changes");
    goTo("#side-a");
    tab.press("End");
    tab.await("location.search.includes('a=c2') && document.querySelector('.diff .del')");
    assertThat(focused()).isEqualTo("side-a");
    choose(".segments button", "One column");
    assertThat(focused()).isEqualTo("One column");

    choose(".tabs a", "Events");
    goTo(".events");
    tab.press("End");
    tab.press("Space");
    tab.awaitText("dialog .output", "sequence");
    tab.press("Escape");
    tab.await("!document.querySelector('dialog') && document.activeElement.matches('.events')");

    choose(".tabs a", "Checkpoints");
    choose("button.little", "Fork from candidates");
    tab.await("document.activeElement.id === 'fork-task'");
    choose("dialog button.primary", "");
    tab.await("location.pathname !== %s".formatted(Json.write(run)));
    tab.await("!document.querySelector('dialog')");
    hasFocus("the fork's page");

    tab.follow(run);
    choose("button.primary", "Approve");
    tab.awaitText(".run-head .badge", "Accepted");
    hasFocus("after the question is gone");
    assertThat(tab.problems()).isEmpty();
  }

  @Test
  void aRunIsCancelledAndResumed() throws Exception {
    String script =
        server.script("slow.json", "{\"latencyMs\": 100000, \"answer\": [{\"say\": \"never\"}]}");
    choose("a.brand", "Winnow");
    choose("a.button", "New run");
    choose(".segments button", "A question");
    goTo("#task");
    tab.write("How long does it take?");
    goTo("#scripts");
    tab.write(script);
    tab.press("Enter");
    tab.awaitText(".lane", "slow");
    choose("button.danger", "Cancel run");
    tab.awaitText("dialog", "Its agents stop at once");
    tab.press("Escape");
    tab.await("!document.querySelector('dialog') && document.activeElement.matches('.danger')");
    tab.press("Enter");
    choose("dialog button.primary", "Stop the run");
    tab.awaitText(".run-head .badge", "Cancelled");
    hasFocus("after its button is gone");
    choose("button.primary", "Resume");
    tab.await("document.activeElement.id === 'budget'");
    tab.press("Enter");
    tab.awaitText(".run-head .badge", "Running");
    hasFocus("of the resumed run");
    choose("button.danger", "Cancel run");
    choose("dialog button.primary", "Stop the run");
    tab.awaitText(".run-head .badge", "Cancelled");
    assertThat(tab.problems()).isEmpty();
  }

  @Test
  void anInterviewIsAnsweredAndTheFocusStaysWithItsQuestions() {
    choose("nav a", "Specs");
    choose("button", "New spec");
    tab.await("document.activeElement.id === 'spec-task'");
    tab.write("Roman numerals become numbers");
    choose("dialog button.primary", "Create");
    choose("button.primary", "Start the interview");
    choose("dialog button.primary", "Ask");
    tab.await("document.querySelectorAll('.question').length >= 2");
    hasFocus("the questions are there");
    goTo("#answer-q1");
    tab.write("IV is 4");
    choose("button.primary", "Save 1 answer");
    tab.awaitText("#question-q1", "Answered by ada");
    hasFocus("the button that saved is off");
    assertThat(tab.evaluate("!!document.activeElement.closest('form')").asBoolean()).isTrue();
    choose("#question-q2 button", "Skip");
    tab.awaitText("#question-q2", "Skipped by ada");
    assertThat(focused()).isEqualTo("question-q2");
    choose("button.little", "Validate");
    tab.awaitText(".card", "alid");
    hasFocus("validated");
    assertThat(tab.problems()).isEmpty();
  }

  @Test
  void aTokenIsMadeCopiedAndRevoked() {
    choose("nav a", "Settings");
    choose("button", "New token");
    tab.await("document.activeElement.id === 'label'");
    tab.write("by keyboard");
    tab.press("Enter");
    tab.await("document.activeElement.matches('.secret')");
    assertThat(tab.evaluate("getSelection().toString()").asText())
        .as("ready to be copied")
        .startsWith("wnw_");
    tab.press("Escape");
    tab.await("!document.querySelector('dialog')");
    assertThat(focused()).isEqualTo("New token");
    choose("button.little", "Revoke by keyboard");
    choose("dialog button.primary", "Revoke");
    tab.await("!document.querySelector('main').innerText.includes('by keyboard')");
    hasFocus("the row is gone");
    assertThat(tab.text("#announcer")).isEqualTo("The token is revoked");
    choose("nav a", "Agents");
    tab.awaitText("h1", "Agents");
    hasFocus("agents");
    choose("button", "Log out");
    tab.awaitText("h1", "Winnow");
    hasFocus("the log-in page");
    goTo("#link");
    tab.write(server.origin() + "/#t=" + server.accounts().login("ada").secret());
    tab.press("Enter");
    tab.awaitText("h1", "Agents");
    hasFocus("where one was before");
    assertThat(tab.problems()).isEmpty();
  }
}
