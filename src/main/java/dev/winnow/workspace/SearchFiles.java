package dev.winnow.workspace;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.winnow.workspace.WorkspaceFiles.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Searches the text files of a workspace. Patterns come from models: linear-time ones only. */
public final class SearchFiles {

  /**
   * @param line counted from 1
   * @param text the line, at most 300 characters of it
   */
  public record Match(String path, int line, String text) {}

  /**
   * @param truncated there may be more than these
   */
  public record Result(List<Match> matches, boolean truncated) {
    public Result {
      matches = List.copyOf(matches);
    }
  }

  private static final int MAX_LINE = 300;
  private static final int MAX_PATTERN = 1000;

  /** All that one search reads, so that a large workspace cannot hold a turn. */
  private static final long MAX_BYTES = 256L << 20;

  private final WorkspaceFiles files;
  private final Supplier<List<String>> listed;

  SearchFiles(WorkspaceFiles files, Supplier<List<String>> listed) {
    this.files = files;
    this.listed = listed;
  }

  Result search(String pattern, String glob, int maxResults) throws Refused {
    Pattern wanted = compile(pattern);
    Pattern paths = compile(regex(glob));
    boolean nameOnly = glob.indexOf('/') < 0;
    List<Match> matches = new ArrayList<>();
    long read = 0;
    for (String path : new TreeSet<>(listed.get())) {
      String subject = nameOnly ? path.substring(path.lastIndexOf('/') + 1) : path;
      if (!glob.isEmpty() && !paths.matches(subject)) {
        continue;
      }
      String text = textOrNothing(path);
      read += text.length();
      int number = 0;
      for (String line : (Iterable<String>) text.lines()::iterator) {
        number++;
        if (wanted.matcher(line).find()) {
          if (matches.size() == maxResults) {
            return new Result(matches, true);
          }
          matches.add(
              new Match(path, number, line.substring(0, Math.min(MAX_LINE, line.length()))));
        }
      }
      if (read > MAX_BYTES) {
        return new Result(matches, true);
      }
    }
    return new Result(matches, false);
  }

  private String textOrNothing(String path) {
    try {
      return files.read(path);
    } catch (Refused e) {
      return "";
    }
  }

  private static Pattern compile(String pattern) throws Refused {
    if (pattern.length() > MAX_PATTERN * 4) {
      throw new Refused("the pattern is too long");
    }
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new Refused("the pattern is not a regular expression: " + e.getDescription());
    }
  }

  private static String regex(String glob) throws Refused {
    if (glob.length() > MAX_PATTERN) {
      throw new Refused("the glob is too long");
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      if (glob.startsWith("**/", i)) {
        regex.append("(?:.*/)?");
        i += 2;
      } else if (glob.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (glob.charAt(i) == '*') {
        regex.append("[^/]*");
      } else if (glob.charAt(i) == '?') {
        regex.append("[^/]");
      } else {
        regex.append(Pattern.quote(glob.substring(i, i + 1)));
      }
    }
    return regex.toString();
  }
}
