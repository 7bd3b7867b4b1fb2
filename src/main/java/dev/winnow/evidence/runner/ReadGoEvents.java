package dev.winnow.evidence.runner;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the events of {@code go test -json}. Go calls a package passed whose process left with
 * status 0 in the middle of a test; only the line PASS at its end proves that it ran to its end.
 */
final class ReadGoEvents {

  private static final Pattern NOT_BUILT =
      Pattern.compile("(?m)^FAIL\\t(\\S+) \\[(build|setup) failed\\]");
  private static final Pattern ASSERTION_FREE = Pattern.compile("panic: |fatal error: ");

  private final Map<String, StringBuilder> output = new HashMap<>();
  private final List<TestResult> results = new ArrayList<>();
  private final Set<String> running = new HashSet<>();
  private final Set<String> withTests = new HashSet<>();
  private final Set<String> ended = new HashSet<>();
  private final Set<String> closed = new HashSet<>();

  private ReadGoEvents() {}

  static Report read(Path file, String errors) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Report.missing("go wrote no events");
    }
    ReadGoEvents reader = new ReadGoEvents();
    try {
      for (JsonNode event : JsonLines.read(file, false)) {
        reader.event(event);
      }
      String plain =
          new String(ReportFiles.read(file, RunPlace.MAX_OUTPUT), StandardCharsets.UTF_8);
      return reader.finish(plain, errors);
    } catch (ReportFiles.Unbelievable e) {
      return Report.suspicious(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Report.missing("the events of go cannot be read");
    }
  }

  private void event(JsonNode event) {
    String module = JsonLines.text(event, "Package");
    String test = JsonLines.text(event, "Test");
    String id = module + "::" + test;
    String action = JsonLines.text(event, "Action");
    switch (action) {
      case "run" -> {
        running.add(id);
        withTests.add(module);
      }
      case "output" -> {
        String text = JsonLines.text(event, "Output");
        StringBuilder kept = output.computeIfAbsent(id, _ -> new StringBuilder());
        if (kept.length() < 8_000) {
          kept.append(text);
        }
        if (test.isEmpty() && text.strip().equals("PASS")) {
          ended.add(module);
        }
      }
      case "pass", "fail", "skip" -> end(action, module, test, id);
      default -> {}
    }
  }

  private void end(String action, String module, String test, String id) {
    if (test.isEmpty()) {
      if (!action.equals("pass") || ended.contains(module)) {
        closed.add(module);
      }
      return;
    }
    running.remove(id);
    String text = output.getOrDefault(id, new StringBuilder()).toString();
    TestStatus status =
        switch (action) {
          case "pass" -> TestStatus.PASSED;
          case "skip" -> TestStatus.SKIPPED;
          default -> ASSERTION_FREE.matcher(text).find() ? TestStatus.ERROR : TestStatus.FAILED;
        };
    String message = status == TestStatus.PASSED ? "" : text;
    results.add(new TestResult(Excerpt.ofId(id), status, Excerpt.ofMessage(message)));
  }

  private Report finish(String plain, String errors) {
    for (String module : withTests) {
      if (!closed.contains(module)) {
        return Report.cutOff(
            results, "the test process of " + module + " ended before its tests were over");
      }
    }
    Set<String> notLoaded = new HashSet<>();
    for (String text : List.of(plain, errors)) {
      Matcher matcher = NOT_BUILT.matcher(text);
      while (matcher.find()) {
        notLoaded.add(Excerpt.ofId(matcher.group(1)));
      }
    }
    for (String module : notLoaded) {
      results.add(new TestResult(module, TestStatus.ERROR, Excerpt.ofMessage(errors)));
    }
    if (!running.isEmpty()) {
      return Report.cutOff(results, running.iterator().next() + " never ended");
    }
    return Report.complete(results, notLoaded);
  }
}
