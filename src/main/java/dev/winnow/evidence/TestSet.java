package dev.winnow.evidence;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tests of one author, frozen.
 *
 * @param id the author's: c1, c2, ..., {@code tester}
 * @param tree the git tree that holds the files
 * @param files the test files, sorted, paths relative to the root
 * @param red ids that were red on the base; empty with {@code compileRed}, when none had an id yet
 * @param compileRed the tests did not compile or load on the base, so all of them were red
 */
public record TestSet(
    String id, String tree, List<String> files, Set<String> red, boolean compileRed) {
  public TestSet {
    files = List.copyOf(files);
    red = java.util.Collections.unmodifiableSet(new TreeSet<>(red));
  }

  /** The author of independent tests, who is no candidate. */
  public static final String TESTER = "tester";

  /** The set of the repository's own tests at the base. */
  public static final String BASE = "base";
}
