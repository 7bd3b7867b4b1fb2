package dev.winnow.evidence.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** One report out of the JUnit files of a run. One broken file breaks all of it. */
final class CollectJunit {

  /** Characters of all messages together. */
  private static final int MAX_MESSAGES = 16 << 20;

  private CollectJunit() {}

  /** Files that match in the workspace; the place was emptied before the run. */
  static Report inWorkspace(
      Path workspace, List<String> globs, Function<ReadJunitXml.Case, String> id) {
    try {
      List<Path> files = ReportFiles.matching(workspace, globs);
      return files.isEmpty()
          ? Report.missing("no report appeared at " + String.join(", ", globs))
          : of(files, id);
    } catch (IOException e) {
      return Report.suspicious("the reports could not be listed: " + e.getMessage());
    }
  }

  static Report of(List<Path> files, Function<ReadJunitXml.Case, String> id) {
    List<TestResult> results = new ArrayList<>();
    long messages = 0;
    for (Path file : files) {
      try {
        for (TestResult result :
            ReadJunitXml.read(ReportFiles.read(file, ReportFiles.MAX_BYTES), id)) {
          // thousands of files, each within its limit, must not fill the memory together
          messages += result.message().length();
          results.add(
              messages <= MAX_MESSAGES ? result : new TestResult(result.id(), result.status(), ""));
        }
      } catch (ReportFiles.Unbelievable e) {
        return Report.suspicious(String.valueOf(e.getMessage()));
      } catch (ReadJunitXml.Broken e) {
        return Report.cutOff(results, file.getFileName() + ": " + e.getMessage());
      } catch (IOException e) {
        return Report.cutOff(results, "the report " + file.getFileName() + " cannot be read");
      }
      if (results.size() > Report.MAX_TESTS) {
        return Report.suspicious("the reports have more than " + Report.MAX_TESTS + " tests");
      }
    }
    return Report.complete(results, Set.of());
  }

  /** {@code com.acme.AppTest#adds}; surefire writes a failing class with an empty name. */
  static String javaId(ReadJunitXml.Case test) {
    String type = test.className().isEmpty() ? test.suite() : test.className();
    return test.name().isEmpty() || test.name().equals(type) ? type : type + "#" + test.name();
  }
}
