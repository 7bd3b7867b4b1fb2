package dev.winnow.agent.tool;

import dev.winnow.workspace.egress.AllowedHost;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a command that a model wrote for agent-browser. An allow list of what may be said: the
 * program has options for proxies, profiles, files, extensions and allowed hosts, and each argument
 * that begins with a dash could be one of them.
 */
final class BrowserCommand {

  /** The command cannot be run; the message is for the model. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * What may follow a command.
   *
   * @param first what the first word must be one of; empty for anything
   * @param valued options with a value
   */
  private record Shape(int min, int max, Set<String> first, Set<String> plain, Set<String> valued) {
    static Shape words(int min, int max) {
      return new Shape(min, max, Set.of(), Set.of(), Set.of());
    }

    static Shape first(int min, int max, String... words) {
      return new Shape(min, max, Set.of(words), Set.of(), Set.of());
    }

    Shape with(Set<String> flags, Set<String> options) {
      return new Shape(min, max, first, flags, options);
    }
  }

  private static final Map<String, Shape> SHAPES =
      Map.ofEntries(
          Map.entry("open", Shape.words(1, 1)),
          Map.entry(
              "snapshot",
              Shape.words(0, 0)
                  .with(
                      Set.of("-i", "--interactive", "-c", "--compact"),
                      Set.of("-d", "--depth", "-s", "--selector"))),
          Map.entry("click", Shape.words(1, 1)),
          Map.entry("dblclick", Shape.words(1, 1)),
          Map.entry("hover", Shape.words(1, 1)),
          Map.entry("focus", Shape.words(1, 1)),
          Map.entry("check", Shape.words(1, 1)),
          Map.entry("uncheck", Shape.words(1, 1)),
          Map.entry("scrollintoview", Shape.words(1, 1)),
          Map.entry("fill", Shape.words(2, 2)),
          Map.entry("type", Shape.words(2, 2)),
          Map.entry("select", Shape.words(2, 10)),
          Map.entry("press", Shape.words(1, 1)),
          Map.entry("scroll", Shape.first(1, 2, "up", "down", "left", "right")),
          Map.entry("back", Shape.words(0, 0)),
          Map.entry("forward", Shape.words(0, 0)),
          Map.entry("reload", Shape.words(0, 0)),
          Map.entry("console", Shape.words(0, 0)),
          Map.entry("errors", Shape.words(0, 0)),
          Map.entry("close", Shape.words(0, 0)),
          Map.entry(
              "get", Shape.first(1, 3, "text", "html", "value", "attr", "title", "url", "count")),
          Map.entry("is", Shape.first(2, 2, "visible", "enabled", "checked")),
          Map.entry(
              "find",
              Shape.first(
                      2,
                      5,
                      "role",
                      "text",
                      "label",
                      "placeholder",
                      "alt",
                      "title",
                      "testid",
                      "first",
                      "last",
                      "nth")
                  .with(Set.of("--exact"), Set.of("--name"))),
          Map.entry(
              "wait",
              Shape.words(0, 1).with(Set.of(), Set.of("--text", "--url", "--load", "--state"))),
          Map.entry("eval", Shape.words(1, 1)));

  static final String EXPECTED =
      "open URL, snapshot [-i], click @e1, fill @e1 \"text\", type, press KEY, select, check, hover, scroll down 500,"
          + " wait 1000|SELECTOR|--text \"...\", get text|html|value|attr|title|url|count, is visible|enabled|checked,"
          + " find role|text|label ... click|fill, back, forward, reload, console, errors, close";

  private static final int MAX_LENGTH = 8000;
  private static final int MAX_WAIT_MILLIS = 60_000;

  private BrowserCommand() {}

  /**
   * The arguments for the program.
   *
   * @param hosts which may be opened
   * @param eval whether JavaScript of the model may run in pages
   */
  static List<String> parse(String command, List<AllowedHost> hosts, boolean eval) throws Refused {
    if (command.length() > MAX_LENGTH) {
      throw new Refused("the command is longer than 8,000 characters");
    }
    List<String> words = split(command);
    if (!words.isEmpty() && words.getFirst().equals("agent-browser")) {
      words = words.subList(1, words.size());
    }
    if (words.isEmpty()) {
      throw new Refused("the command is empty; known are: " + EXPECTED);
    }
    String name = words.getFirst().toLowerCase(Locale.ROOT);
    if (name.equals("goto") || name.equals("navigate")) {
      name = "open";
    }
    Shape shape = SHAPES.get(name);
    if (shape == null) {
      throw new Refused("'%s' is no command here; known are: %s".formatted(shown(name), EXPECTED));
    }
    if (name.equals("eval") && !eval) {
      throw new Refused("eval is switched off; use snapshot, get and click");
    }
    List<String> arguments = new ArrayList<>(List.of(name));
    List<String> rest = words.subList(1, words.size());
    check(name, shape, rest);
    if (name.equals("open")) {
      arguments.add(allowed(rest.getFirst(), hosts));
    } else {
      arguments.addAll(rest);
    }
    return arguments;
  }

  private static void check(String name, Shape shape, List<String> words) throws Refused {
    List<String> plain = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        plain.add(word);
      } else if (shape.valued.contains(word)) {
        i++;
        if (i == words.size() || words.get(i).startsWith("-")) {
          throw new Refused("%s needs a value after it".formatted(word));
        }
      } else if (!shape.plain.contains(word)) {
        Set<String> known = new TreeSet<>(shape.plain);
        known.addAll(shape.valued);
        throw new Refused(
            "%s takes no '%s'%s"
                .formatted(name, shown(word), known.isEmpty() ? "" : ", only " + known));
      }
    }
    if (plain.size() < shape.min || plain.size() > shape.max) {
      throw new Refused(
          "%s takes %s argument%s, not %d; quote an argument that has spaces; one command a call"
              .formatted(
                  name,
                  shape.min == shape.max ? shape.min : shape.min + " to " + shape.max,
                  shape.max == 1 ? "" : "s",
                  plain.size()));
    }
    if (!shape.first.isEmpty() && !shape.first.contains(plain.getFirst())) {
      throw new Refused(
          "%s takes one of %s, not '%s'"
              .formatted(name, new TreeSet<>(shape.first), shown(plain.getFirst())));
    }
    if (name.equals("wait")
        && !plain.isEmpty()
        && plain.getFirst().matches("\\d+")
        && (plain.getFirst().length() > 6
            || Integer.parseInt(plain.getFirst()) > MAX_WAIT_MILLIS)) {
      throw new Refused("wait takes at most 60000 ms");
    }
  }

  /** The proxy holds this for every request; here a model is told before it waits. */
  private static String allowed(String url, List<AllowedHost> hosts) throws Refused {
    try {
      URI uri = FetchTarget.parse(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new Refused("write the whole URL: https://host/path");
      }
      String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
      int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
      if (uri.getHost() == null || uri.getRawUserInfo() != null) {
        throw new Refused("the URL names no valid host, or a user");
      }
      if (hosts.stream().noneMatch(allowed -> allowed.matches(host, port))) {
        throw new Refused("%s:%d is not among the hosts that may be opened".formatted(host, port));
      }
      return uri.toASCIIString();
    } catch (FetchFailure e) {
      throw new Refused(String.valueOf(e.getMessage()));
    }
  }

  /** Words as a shell makes them, without anything else of a shell. */
  private static List<String> split(String command) throws Refused {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (c == 0) {
        throw new Refused("the command has a NUL character in it");
      }
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && i + 1 < command.length()) {
        i++;
        word = (word == null ? new StringBuilder() : word).append(command.charAt(i));
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        word = word == null ? new StringBuilder() : word;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
      } else {
        word = (word == null ? new StringBuilder() : word).append(c);
      }
    }
    if (quote != 0) {
      throw new Refused("a quotation mark is not closed");
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }

  private static String shown(String word) {
    String line = word.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }
}
