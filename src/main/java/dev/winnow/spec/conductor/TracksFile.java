package dev.winnow.spec.conductor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code tracks.md}: the list of tracks, in today's and the older form. */
public final class TracksFile {

  private static final Pattern ENTRY =
      Pattern.compile("(?:[-*]\\s+|#{2,3}\\s+)\\[([ ~xX])]\\s+\\**\\s*Track:\\s*(.*?)\\s*\\**\\s*");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");

  /**
   * One track.
   *
   * @param link as it is written, relative to the directory of the file; empty when there is none
   */
  public record Entry(int line, Marker marker, String description, String link) {

    /** The track's id: the last part of its link. */
    public String id() {
      String path = link.replaceFirst("(?:/index\\.md|/)$", "");
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private final TextLines lines;

  public TracksFile(byte[] content) {
    this.lines = new TextLines(content);
  }

  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    List<String> text = lines.meaningful();
    for (int i = 0; i < text.size(); i++) {
      Matcher entry = ENTRY.matcher(text.get(i));
      if (entry.matches()) {
        entries.add(new Entry(i, Marker.of(entry.group(1)), entry.group(2), link(text, i)));
      }
    }
    return entries;
  }

  /** In the entry's own line or one of those below it, up to the next entry or section. */
  private static String link(List<String> text, int at) {
    for (int i = at; i < text.size(); i++) {
      boolean next =
          i > at && (ENTRY.matcher(text.get(i)).matches() || text.get(i).startsWith("---"));
      if (next) {
        return "";
      }
      Matcher link = LINK.matcher(text.get(i));
      if (link.find()) {
        return link.group(1);
      }
    }
    return "";
  }

  void mark(Entry entry, Marker marker) {
    int bracket = lines.get(entry.line()).indexOf('[');
    lines.replace(entry.line(), bracket + 1, bracket + 2, marker.text());
  }

  void add(String description, String link) {
    lines.append(
        "\n---\n\n- [ ] **Track: %s**\n*Link: [%s](%s)*".formatted(description, link, link));
  }

  byte[] bytes() {
    return lines.bytes();
  }
}
