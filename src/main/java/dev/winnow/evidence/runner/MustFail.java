package dev.winnow.evidence.runner;

import java.util.List;
import java.util.Map;

/**
 * Tests that fail whatever the code under test does, to be run in one process with others.
 *
 * @param files their text by path; a path may be that of an existing test file, which it replaces
 * @param select the test files to run, in this order
 * @param tests how many there are; the ids of all of them, and of no others, hold the mark
 */
public record MustFail(Map<String, String> files, List<String> select, int tests) {
  public MustFail {
    files = Map.copyOf(files);
    select = List.copyOf(select);
  }
}
