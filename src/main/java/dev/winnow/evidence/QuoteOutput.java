package dev.winnow.evidence;

import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Excerpts of untrusted test output for a prompt: every line quoted, a bounded size. */
final class QuoteOutput {

  private static final int MAX_CHARS = 6_000;
  private static final int MAX_LINES = 120;
  private static final int MAX_TESTS = 10;

  private static final Pattern LINE_BREAKING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private QuoteOutput() {}

  /** The messages of failing tests, or the end of the output when no test has one. */
  static String failures(TestRun run) {
    String messages =
        run.results().stream()
            .filter(r -> r.status() == TestStatus.FAILED || r.status() == TestStatus.ERROR)
            .limit(MAX_TESTS)
            .map(r -> r.id() + "\n" + r.message().strip().indent(2))
            .collect(Collectors.joining("\n"));
    return quote(messages.isBlank() ? run.output() : messages);
  }

  /** The end of a long text says most. */
  private static String quote(String text) {
    var lines = text.strip().lines().toList();
    String kept =
        lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()).stream()
            .map(line -> "> " + (line.length() > 400 ? line.substring(0, 400) + "…" : line))
            .collect(Collectors.joining("\n"));
    return kept.length() <= MAX_CHARS
        ? kept
        : "> …\n" + kept.substring(kept.indexOf('\n', kept.length() - MAX_CHARS) + 1);
  }

  /**
   * A few names for a one-line reason. One line it stays, however a candidate called its files and
   * tests.
   */
  static String some(Collection<String> names) {
    String first =
        names.stream()
            .limit(3)
            .map(name -> LINE_BREAKING.matcher(name).replaceAll("?"))
            .collect(Collectors.joining(", "));
    String all = names.size() > 3 ? first + " and " + (names.size() - 3) + " more" : first;
    return all.length() <= 300 ? all : all.substring(0, 299) + "…";
  }
}
