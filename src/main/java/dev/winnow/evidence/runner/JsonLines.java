package dev.winnow.evidence.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A report of one JSON object per line, as Winnow's own reporters and go write it. */
final class JsonLines {

  private static final int MAX_BYTES = 64 << 20;

  /** A line costs many times its length in memory, and a short one most. */
  private static final int MAX_LINES = 1_000_000;

  private JsonLines() {}

  /** What a report of Winnow's own reporters says, once its lines are read. */
  interface Read {
    Report from(List<JsonNode> lines) throws IOException, ReportFiles.Unbelievable;
  }

  /** The report in a file that one of Winnow's reporters wrote, or why there is none. */
  static Report report(Path file, Read read) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Report.cutOff(List.of(), "the test process ended before it wrote its report");
    }
    try {
      return read.from(read(file, true));
    } catch (ReportFiles.Unbelievable e) {
      return Report.suspicious(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Report.cutOff(List.of(), "the report cannot be read: " + e.getMessage());
    }
  }

  /**
   * @param strict whether a line that is no JSON object is refused, or skipped
   */
  static List<JsonNode> read(Path file, boolean strict)
      throws IOException, ReportFiles.Unbelievable {
    String text = new String(ReportFiles.read(file, MAX_BYTES), StandardCharsets.UTF_8);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : (Iterable<String>) text.lines()::iterator) {
      try {
        JsonNode node = line.startsWith("{") ? Json.mapper().readTree(line) : null;
        if (node != null && node.isObject()) {
          lines.add(node);
          if (lines.size() > MAX_LINES) {
            throw new ReportFiles.Unbelievable("the report has more than a million lines");
          }
          continue;
        }
      } catch (JsonProcessingException e) {
        // a line cut off by the end of the process, or something that a test printed
      }
      if (strict) {
        throw new ReportFiles.Unbelievable("the report has a line that its reporter never writes");
      }
    }
    return lines;
  }

  static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }
}
