package dev.winnow.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads acceptance criteria from Markdown: lines that begin with {@code AC-n}, else the points of a
 * section about acceptance criteria, which get ids in their order.
 */
public final class ReadCriteria {

  private static final Pattern OWN =
      Pattern.compile(
          "\\s*(?:[-*]\\s+)?(?:\\[[ ~xX]]\\s+)?\\**(AC-[1-9]\\d{0,3})\\**\\s*[:.)-]\\**\\s*(.+)");
  private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*)");
  private static final Pattern POINT =
      Pattern.compile("\\s{0,3}(?:[-*]|\\d+[.)])\\s+(?:\\[[ ~xX]]\\s+)?(.+)");

  private ReadCriteria() {}

  public static List<Criterion> in(String markdown) {
    Map<String, Criterion> own = new LinkedHashMap<>();
    List<Criterion> points = new ArrayList<>();
    boolean section = false;
    for (String line : markdown.lines().toList()) {
      Matcher criterion = OWN.matcher(line);
      Matcher heading = HEADING.matcher(line);
      Matcher point = POINT.matcher(line);
      if (criterion.matches()) {
        own.putIfAbsent(
            criterion.group(1), new Criterion(criterion.group(1), criterion.group(2).strip()));
      } else if (heading.matches()) {
        section =
            heading.group(1).toLowerCase(java.util.Locale.ROOT).contains("acceptance criteria");
      } else if (section && point.matches()) {
        points.add(new Criterion("AC-" + (points.size() + 1), point.group(1).strip()));
      }
    }
    return own.isEmpty() ? points : List.copyOf(own.values());
  }
}
