package dev.winnow.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a quick look at a repository shows.
 *
 * @param languages source files by language, the most frequent first
 * @param files how many were seen; looking stops at a limit
 * @param cut whether there are more
 * @param modules directories with a build file of their own, paths from the root
 * @param named modules and files that the request names
 * @param buildFiles paths from the root
 */
public record RepositorySummary(
    Map<String, Integer> languages,
    int files,
    boolean cut,
    List<String> modules,
    List<String> named,
    List<String> buildFiles) {

  public RepositorySummary {
    languages = Collections.unmodifiableMap(new LinkedHashMap<>(languages));
    modules = List.copyOf(modules);
    named = List.copyOf(named);
    buildFiles = List.copyOf(buildFiles);
  }
}
