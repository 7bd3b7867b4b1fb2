package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A tab of {@link Chromium}, used as people do: what is waited for is what can be seen. */
final class Tab {

  private static final int PATIENCE = 30_000; // milliseconds

  private final Chromium browser;
  private final String session;
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());

  Tab(Chromium browser, String session) {
    this.browser = browser;
    this.session = session;
  }

  void enable() {
    send("Page.enable", Map.of());
    send("Runtime.enable", Map.of());
    send("Log.enable", Map.of());
    send("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
  }

  JsonNode send(String method, Map<String, Object> parameters) {
    return browser.send(session, method, parameters);
  }

  void heard(JsonNode message) {
    JsonNode parameters = message.path("params");
    switch (message.path("method").asText()) {
      case "Runtime.exceptionThrown" ->
          problems.add(
              parameters.path("exceptionDetails").path("exception").path("description").asText());
      case "Log.entryAdded" -> {
        JsonNode entry = parameters.path("entry");
        // an answer of the server that is an error is shown by the page, and is none of the page
        if (entry.path("level").asText().equals("error")
            && !entry.path("source").asText().equals("network")) {
          problems.add(entry.path("text").asText());
        }
      }
      default -> {}
    }
  }

  void close() {
    send("Page.close", Map.of());
  }

  /** Exceptions, and what the content security policy refused. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  void go(String address) {
    send("Page.navigate", Map.of("url", address));
  }

  /** As a link within the page goes there: without loading it anew. */
  void follow(String path) {
    evaluate(
        "history.pushState({}, '', %s); window.dispatchEvent(new PopStateEvent('popstate')); 0"
            .formatted(Json.write(path)));
  }

  /** The value of an expression, or of what it promises. */
  JsonNode evaluate(String expression) {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(
          answer.path("exceptionDetails").path("exception").path("description").asText()
              + "\n"
              + expression);
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true; a page that is being left starts anew. */
  void await(String expression) {
    String script =
        """
        new Promise(done => {
          const end = Date.now() + %d;
          const look = () => {
            let value = false;
            try { value = !!(%s); } catch {}
            value || Date.now() > end ? done(value) : setTimeout(look, 20);
          };
          look();
        })\
        """
            .formatted(PATIENCE, expression);
    while (true) {
      try {
        if (evaluate(script).asBoolean()) {
          return;
        }
        throw new AssertionError(
            "not seen: %s\n%s\n%s".formatted(expression, text("body"), problems));
      } catch (Chromium.ChromiumException left) {
        if (!String.valueOf(left.getMessage()).contains("context")
            && !String.valueOf(left.getMessage()).contains("navigated")) {
          throw left;
        }
      }
    }
  }

  private static String find(String selector, String text) {
    return "[...document.querySelectorAll(%s)].find(e => e.checkVisibility() && (e.innerText + ' ' + (e.ariaLabel ?? '')).includes(%s))"
        .formatted(Json.write(selector), Json.write(text));
  }

  /** Waits until something with this text can be seen. */
  void awaitText(String selector, String text) {
    await(find(selector, text));
  }

  String text(String selector) {
    return evaluate("document.querySelector(%s)?.innerText ?? ''".formatted(Json.write(selector)))
        .asText();
  }

  void click(String selector) {
    click(selector, "");
  }

  /** Clicks in the middle of the first element that can be seen and has this text. */
  void click(String selector, String text) {
    String element = find(selector, text);
    await(element + " && !" + element + ".disabled");
    JsonNode at =
        evaluate(
            "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })(%s)"
                .formatted(element));
    for (String type : List.of("mousePressed", "mouseReleased")) {
      send(
          "Input.dispatchMouseEvent",
          Map.of("type", type, "x", at.get(0), "y", at.get(1), "button", "left", "clickCount", 1));
    }
  }

  /** Replaces what is in an input. */
  void type(String selector, String text) {
    await("document.querySelector(%s)".formatted(Json.write(selector)));
    evaluate(
        "(e => { e.focus(); e.select(); })(document.querySelector(%s))"
            .formatted(Json.write(selector)));
    send("Input.insertText", Map.of("text", text));
  }

  void choose(String selector, String value) {
    await("document.querySelector(%s)".formatted(Json.write(selector)));
    evaluate(
        "(e => { e.value = %s; e.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector(%s))"
            .formatted(Json.write(value), Json.write(selector)));
  }

  void press(String key) {
    press(key, 0);
  }

  /** With the shift key. */
  void pressShift(String key) {
    press(key, 8);
  }

  /** Into whatever has the focus. */
  void write(String text) {
    send("Input.insertText", Map.of("text", text));
  }

  private void press(String key, int modifiers) {
    for (String type : List.of("keyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          Map.of(
              "type",
              type,
              "key",
              key.equals("Space") ? " " : key,
              "code",
              key,
              "modifiers",
              modifiers,
              "windowsVirtualKeyCode",
              switch (key) {
                case "Tab" -> 9;
                case "Enter" -> 13;
                case "Escape" -> 27;
                case "Space" -> 32;
                case "End" -> 35;
                case "ArrowUp" -> 38;
                case "ArrowDown" -> 40;
                default -> 0;
              },
              "text",
              switch (key) {
                case "Enter" -> "\r";
                case "Space" -> " ";
                default -> "";
              }));
    }
  }

  /**
   * @param dark what the system prefers
   */
  void look(int width, int height, boolean dark) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    send(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  byte[] screenshot() {
    return Base64.getDecoder()
        .decode(send("Page.captureScreenshot", Map.of("format", "png")).path("data").asText());
  }

  /** The same in other colours: what does not depend on them is not looked at again. */
  private List<String> axeColours() {
    return axe("{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}");
  }

  /** What axe-core finds serious or critical on the page as it is, one line each. */
  List<String> axe() {
    return axe("{resultTypes: ['violations']}");
  }

  private List<String> axe(String options) {
    if (!evaluate("typeof axe === 'object'").asBoolean()) {
      try (InputStream in = Tab.class.getResourceAsStream("/axe.min.js")) {
        evaluate(
            new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                + "\n;0");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    JsonNode found =
        evaluate(
            """
            axe.run(document, %s).then(r => r.violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .map(v => v.id + ': ' + v.nodes.map(n => n.target + ' ' + (n.any[0]?.message ?? '')).join(' | ')))\
            """
                .formatted(options));
    List<String> lines = new ArrayList<>();
    found.forEach(line -> lines.add(line.asText()));
    return lines;
  }

  /** In light, in dark, and on a phone; the tab is wide and light again afterwards. */
  void isFitForEverybody(String what) {
    assertThat(axe()).as(what + ", light").isEmpty();
    look(1280, 860, true);
    assertThat(axeColours()).as(what + ", dark").isEmpty();
    look(390, 844, false);
    assertThat(evaluate("document.documentElement.scrollWidth").asInt())
        .as(what + " is no wider than a phone")
        .isLessThanOrEqualTo(390);
    look(1280, 860, false);
  }
}
