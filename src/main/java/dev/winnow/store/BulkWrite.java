package dev.winnow.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A statement that writes many rows at once, alone or as a part of a larger one. It may write the
 * same rows twice without harm. Declared once, as a constant: the server prepares each combination.
 */
public final class BulkWrite {

  private static final Map<List<BulkWrite>, String> COMBINED = new ConcurrentHashMap<>();

  private final String name;
  private final String sql;
  private final List<String> types;

  /**
   * @param name of this part in a larger statement, unique in the program
   * @param sql reads what it writes from <code>{rows}</code>, and ends with {@code returning 1}
   * @param types of the columns of those rows: uuid, text, int8, int4, bool or bytea
   */
  public BulkWrite(String name, String sql, String... types) {
    this.name = name;
    this.sql = sql;
    this.types = List.of(types);
  }

  String name() {
    return name;
  }

  List<String> types() {
    return types;
  }

  /** Tells for each part, in one row, how many rows it has written. */
  static String sql(List<BulkWrite> parts) {
    return COMBINED.computeIfAbsent(parts, BulkWrite::combine);
  }

  private static String combine(List<BulkWrite> parts) {
    return parts.stream()
            .map(part -> "%s as (%s)".formatted(part.name, part.withRows()))
            .collect(Collectors.joining(", ", "with ", " "))
        + parts.stream()
            .map(part -> "(select count(*) from %s)".formatted(part.name))
            .collect(Collectors.joining(", ", "select ", ""));
  }

  private String withRows() {
    return sql.replace(
        "{rows}",
        types.stream().map("?::%s[]"::formatted).collect(Collectors.joining(", ", "unnest(", ")")));
  }
}
