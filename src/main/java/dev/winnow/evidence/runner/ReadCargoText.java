package dev.winnow.evidence.runner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code cargo test} prints. Each test program announces how many tests it runs and sums
 * them up at its end; both must agree with the lines between.
 */
final class ReadCargoText {

  private static final Pattern TARGET =
      Pattern.compile(" +Running (?:unittests )?(\\S+) \\(.*\\)| +Doc-tests (\\S+)");
  private static final Pattern ANNOUNCED = Pattern.compile("running (\\d{1,9}) tests?");
  private static final Pattern TEST =
      Pattern.compile(
          "test (.+?)(?: - should panic)?(?: - compile)? \\.\\.\\. (ok|FAILED|ignored.*)");
  private static final Pattern SUM =
      Pattern.compile(
          "test result: \\w+\\. (\\d{1,8}) passed; (\\d{1,8}) failed; (\\d{1,8}) ignored;.*");
  private static final Pattern DETAILS = Pattern.compile("---- (.+) stdout ----");
  private static final Pattern LINE = Pattern.compile(" \\(line \\d+\\)");

  private final String workspace;
  private final List<TestResult> results = new ArrayList<>();
  private final Map<String, StringBuilder> details = new HashMap<>();
  private String target = "";
  private int announced = -1;
  private int first;
  private String trouble = "";
  private String detailsOf = "";

  private ReadCargoText(Path workspace) {
    this.workspace = workspace + "/";
  }

  static Report read(Path file, Path workspace) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Report.missing("cargo printed nothing");
    }
    try {
      byte[] text = ReportFiles.read(file, RunPlace.MAX_OUTPUT);
      ReadCargoText reader = new ReadCargoText(workspace);
      new String(text, StandardCharsets.UTF_8).lines().forEach(l -> reader.line(Excerpt.clean(l)));
      return reader.finish();
    } catch (ReportFiles.Unbelievable e) {
      return Report.suspicious(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Report.missing("the output of cargo cannot be read");
    }
  }

  private void line(String line) {
    Matcher sum = SUM.matcher(line);
    if (announced >= 0 && sum.matches()) {
      end(sum);
      return;
    }
    Matcher next = TARGET.matcher(line);
    if (next.matches()) {
      cutOff();
      target = next.group(1) == null ? "doc-tests " + next.group(2) : next.group(1);
      return;
    }
    Matcher count = ANNOUNCED.matcher(line);
    if (announced < 0 && count.matches()) {
      announced = Integer.parseInt(count.group(1));
      first = results.size();
      return;
    }
    Matcher detail = DETAILS.matcher(line);
    if (detail.matches()) {
      detailsOf = target + "::" + detail.group(1);
      return;
    }
    if (!detailsOf.isEmpty()) {
      // what a failed test printed; it may look like anything
      StringBuilder kept = details.computeIfAbsent(detailsOf, _ -> new StringBuilder());
      if (kept.length() < 4_000) {
        kept.append(line).append('\n');
      }
      return;
    }
    Matcher test = TEST.matcher(line);
    if (announced >= 0 && test.matches()) {
      add(test);
    }
  }

  private void add(Matcher test) {
    TestStatus status =
        test.group(2).equals("ok")
            ? TestStatus.PASSED
            : test.group(2).equals("FAILED") ? TestStatus.FAILED : TestStatus.SKIPPED;
    results.add(new TestResult(target + "::" + test.group(1), status, ""));
  }

  private void end(Matcher sum) {
    int said = 0;
    for (int group = 1; group <= 3; group++) {
      said += Integer.parseInt(sum.group(group));
    }
    int seen = results.size() - first;
    if (said != announced || said != seen) {
      trouble =
          target + " announced " + announced + " tests, listed " + seen + ", summed up " + said;
    }
    announced = -1;
    detailsOf = "";
  }

  private void cutOff() {
    if (announced >= 0) {
      trouble = "the test process of " + target + " ended before its tests were over";
      announced = -1;
    }
    detailsOf = "";
  }

  private Report finish() {
    cutOff();
    List<TestResult> named = results.stream().map(this::named).toList();
    if (!trouble.isEmpty()) {
      return Report.cutOff(named, trouble);
    }
    return Report.complete(named, Set.of());
  }

  private TestResult named(TestResult result) {
    String message = details.getOrDefault(result.id(), new StringBuilder()).toString();
    // lines move when a file is edited
    String id = LINE.matcher(result.id().replace(workspace, "")).replaceAll("");
    boolean panic = message.contains("assertion") || message.isEmpty();
    TestStatus status =
        result.status() == TestStatus.FAILED && !panic ? TestStatus.ERROR : result.status();
    return new TestResult(Excerpt.ofId(id), status, Excerpt.ofMessage(message));
  }
}
