package dev.winnow.evidence.tamper;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.re2j.Pattern;
import dev.winnow.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a changed package.json does to the tests. */
final class PackageJson {

  private static final Pattern DROPS =
      Pattern.compile(
          "\\|\\||;\\s*(?:true|exit\\s+0)|&&\\s*exit\\s+0|--passWithNoTests|--pass-with-no-tests"
              + "|IgnorePatterns|--exclude\\b|--ignore\\b|--test-(?:skip|name)-pattern|--test-only"
              + "|\\s-[tgf]\\s|--grep|--fgrep|--invert|--testNamePattern|--bail");
  private static final List<String> SCRIPTS = List.of("test", "pretest", "posttest");
  private static final List<String> SECTIONS =
      List.of("jest", "mocha", "ava", "vitest", "tap", "c8", "nyc");
  private static final Pattern SELECTS =
      Pattern.compile(
          "(?i)ignore|exclude|grep|testMatch|testRegex|^files$|^spec$|passWithNoTests|runner$|reporters?$"
              + "|^testResultsProcessor$|^roots$|^rootDir$|^bail$|^retry$|^retries$");

  /** Another module in place of what judges in the tests. */
  private static final Pattern MAPS =
      Pattern.compile(
          "\"\\^?(?:chai|(?:node:)?assert|expect|@?vitest|@?jest|mocha|sinon|(?:node:)?test)(?:/[\\w(|).*]+)?\\$?\":");

  private PackageJson() {}

  /** One line for each change that drops tests or hides failures. */
  static List<String> compare(String old, String now) {
    JsonNode before = read(old);
    JsonNode after = read(now);
    List<String> found = new ArrayList<>();
    for (String script : SCRIPTS) {
      String was = before.path("scripts").path(script).asText("");
      String is = after.path("scripts").path(script).asText("");
      if (!is.equals(was) && dropsTests(was, is)) {
        found.add("changes the script \"%s\" to `%s`".formatted(script, cap(is)));
      }
    }
    for (String section : SECTIONS) {
      JsonNode was = before.path(section);
      after
          .path(section)
          .properties()
          .forEach(field -> {
            boolean changed = !field.getValue().equals(was.path(field.getKey()));
            boolean maps = MAPS.matcher(field.getValue().toString()).find();
            if (changed && (SELECTS.matcher(field.getKey()).find() || maps)) {
              found.add("sets \"%s.%s\"".formatted(section, field.getKey()));
            }
          });
    }
    return found;
  }

  /** An honest change keeps every word of the old command: it only adds to it. */
  private static boolean dropsTests(String was, String is) {
    boolean fresh = DROPS.matcher(is).find() && !DROPS.matcher(was).find();
    List<String> words = Arrays.asList(is.split("\\s+"));
    boolean loses =
        !was.isBlank() && !was.contains("no test specified") && !words.containsAll(programs(was));
    return fresh || loses;
  }

  /** The words of a command without its options, which may change honestly. */
  private static List<String> programs(String command) {
    return Arrays.stream(command.strip().split("\\s+")).filter(w -> !w.startsWith("-")).toList();
  }

  private static JsonNode read(String json) {
    if (json.isBlank()) {
      return MissingNode.getInstance();
    }
    try {
      return Json.mapper().readTree(json);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String cap(String text) {
    return text.length() <= 120 ? text : text.substring(0, 119) + "…";
  }
}
