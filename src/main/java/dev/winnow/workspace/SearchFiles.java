package dev.winnow.workspace;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.workspace.WorkspaceDirectory.Home;
import dev.winnow.workspace.WorkspaceFiles.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Searches the text files of a workspace that are not ignored. Patterns come from models:
 * linear-time ones only. Each directory is opened once, and several are read at a time.
 */
public final class SearchFiles {

  /**
   * What is looked for.
   *
   * @param pattern in RE2 syntax
   * @param glob {@code *}, {@code **}, {@code ?} and {@code {a,b}}; without a slash it is about the
   *     file's name; "" is every file
   * @param context lines before and after each match
   * @param maxMatches that are returned; the rest is counted
   */
  public record Query(
      String pattern, String glob, boolean ignoreCase, int context, int maxMatches) {}

  /**
   * A line that matches, or one beside it.
   *
   * @param line counted from 1
   * @param text at most about 300 characters around the match
   * @param match false for a line of context
   */
  public record Line(String path, int line, String text, boolean match) {}

  /**
   * What was found, in the order of the paths.
   *
   * @param matches how many lines match, those left out too
   * @param files in how many files
   * @param tooLarge how many files were passed over because of their size
   * @param complete false when the search was ended by its limits, so that there may be more
   */
  public record Result(List<Line> lines, int matches, int files, int tooLarge, boolean complete) {
    public Result {
      lines = List.copyOf(lines);
    }
  }

  private record Found(List<Line> lines, int matches) {}

  private static final int MAX_LINE = 300;
  private static final int MAX_PATTERN = 1000;
  private static final int AT_ONCE = 4;

  /** All that one search reads, so that a large workspace cannot hold a turn. */
  private static final long MAX_BYTES = 512L << 20;

  private static final Duration MAX_TIME = Duration.ofSeconds(20);

  private final Home home;
  private final Supplier<List<String>> listed;
  private final AtomicLong read = new AtomicLong();
  private final AtomicInteger tooLarge = new AtomicInteger();
  private final AtomicBoolean cut = new AtomicBoolean();
  private final long start = System.nanoTime();

  SearchFiles(Home home, Supplier<List<String>> listed) {
    this.home = home;
    this.listed = listed;
  }

  Result search(Query query, Cancellation cancellation) throws Refused {
    Pattern wanted = compile(query.pattern(), query.ignoreCase() ? Pattern.CASE_INSENSITIVE : 0);
    List<byte[]> literals = query.ignoreCase() ? List.of() : RequiredLiteral.anyOf(query.pattern());
    Map<String, List<String>> directories = new TreeMap<>();
    for (String path : paths(query.glob())) {
      int slash = path.lastIndexOf('/');
      directories
          .computeIfAbsent(path.substring(0, Math.max(0, slash)), _ -> new ArrayList<>())
          .add(path.substring(slash + 1));
    }
    List<Map<String, Found>> found =
        Fork.each(
            new ArrayList<>(directories.entrySet()),
            AT_ONCE,
            cancellation,
            directory ->
                stop -> {
                  stop.check();
                  return in(directory.getKey(), directory.getValue(), wanted, literals, query);
                });
    Map<String, Found> sorted = new TreeMap<>();
    found.forEach(sorted::putAll);
    return result(sorted, query);
  }

  /** Paths that the glob takes, sorted. */
  List<String> paths(String glob) throws Refused {
    Pattern names = compile(FileGlob.regex(glob), 0);
    boolean nameOnly = glob.indexOf('/') < 0;
    return new TreeSet<>(listed.get())
        .stream()
            .filter(path -> !path.isEmpty() && !path.endsWith("/"))
            .filter(path ->
                glob.isEmpty()
                    || names.matches(nameOnly ? path.substring(path.lastIndexOf('/') + 1) : path))
            .toList();
  }

  private Result result(Map<String, Found> sorted, Query query) {
    List<Line> lines = new ArrayList<>();
    int matches = 0;
    int shown = 0;
    for (Found found : sorted.values()) {
      matches += found.matches;
      for (Line line : found.lines) {
        shown += line.match() ? 1 : 0;
        if (shown <= query.maxMatches()) {
          lines.add(line);
        }
      }
    }
    return new Result(lines, matches, sorted.size(), tooLarge.get(), !cut.get());
  }

  private Map<String, Found> in(
      String directory, List<String> names, Pattern wanted, List<byte[]> literals, Query query) {
    Map<String, Found> found = new TreeMap<>();
    if (overLimit()) {
      return found;
    }
    try (WorkspaceDirectory opened =
        WorkspaceDirectory.open(home, CheckedPath.of(directory).names(), false)) {
      int owner = opened.owner();
      for (String name : names) {
        if (overLimit()) {
          break;
        }
        byte[] content = content(opened, name, owner);
        read.addAndGet(content.length);
        if (!WorkspaceFiles.isBinary(content) && RequiredLiteral.isIn(content, literals)) {
          String path = directory.isEmpty() ? name : directory + "/" + name;
          Found here = matches(path, content, wanted, query);
          if (here.matches > 0) {
            found.put(path, here);
          }
        }
      }
    } catch (Refused | IOException e) {
      // it went away, or is a link: no place to search in
    }
    return found;
  }

  private byte[] content(WorkspaceDirectory directory, String name, int owner) {
    try {
      byte[] content =
          directory.smallFile(CheckedPath.of(name).last(), owner, WorkspaceFiles.MAX_BYTES);
      if (content != null) {
        return content;
      }
      int _ = tooLarge.incrementAndGet();
      return new byte[0];
    } catch (Refused | IOException e) {
      return new byte[0]; // nor is this
    }
  }

  private boolean overLimit() {
    boolean over = read.get() > MAX_BYTES || System.nanoTime() - start > MAX_TIME.toNanos();
    if (over) {
      cut.set(true);
    }
    return over;
  }

  private static Found matches(String path, byte[] content, Pattern wanted, Query query) {
    List<String> text = new String(content, StandardCharsets.UTF_8).lines().toList();
    TreeMap<Integer, Line> lines = new TreeMap<>();
    int matches = 0;
    for (int i = 0; i < text.size(); i++) {
      Matcher matcher = wanted.matcher(text.get(i));
      if (!matcher.find()) {
        continue;
      }
      matches++;
      if (matches > query.maxMatches()) {
        continue;
      }
      int last = Math.min(text.size() - 1, i + query.context());
      for (int beside = Math.max(0, i - query.context()); beside <= last; beside++) {
        lines.putIfAbsent(beside, new Line(path, beside + 1, around(text.get(beside), 0), false));
      }
      lines.put(i, new Line(path, i + 1, around(text.get(i), matcher.start()), true));
    }
    return new Found(List.copyOf(lines.values()), matches);
  }

  private static String around(String line, int at) {
    if (line.length() <= MAX_LINE) {
      return line;
    }
    int from = Math.max(0, Math.min(at - MAX_LINE / 3, line.length() - MAX_LINE));
    int to = Math.min(line.length(), from + MAX_LINE);
    return (from > 0 ? "…" : "") + line.substring(from, to) + (to < line.length() ? "…" : "");
  }

  private static Pattern compile(String pattern, int flags) throws Refused {
    if (pattern.length() > MAX_PATTERN * 4) {
      throw new Refused("the pattern is too long");
    }
    try {
      return Pattern.compile(pattern, flags);
    } catch (PatternSyntaxException e) {
      throw new Refused(
          "the pattern is not a regular expression (RE2: no look-around, no back-references): "
              + e.getDescription());
    }
  }
}
