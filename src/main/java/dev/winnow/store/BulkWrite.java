package dev.winnow.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A statement that writes many rows at once, alone or as a part of a larger one. It may be sent
 * twice without harm: the second time it finds its own rows, or fails and each row is written again
 * on its own. Declared once, as a constant: the server prepares each combination.
 */
public final class BulkWrite {

  private record Form(List<BulkWrite> parts, boolean again) {}

  private static final Map<Form, String> COMBINED = new ConcurrentHashMap<>();

  private final String name;
  private final String sql;
  private final String ifThere;
  private final List<String> types;

  /**
   * @param name of this part in a larger statement, unique in the program
   * @param sql reads what it writes from <code>{rows}</code>
   * @param ifThere what an insert does with a row that is there already, so that it may be done
   *     again: the {@code on conflict} that it has then, and only then, because each row that looks
   *     for a conflict is looked up and logged once more; empty for an update
   * @param types of the columns of those rows: uuid, text, int8, int4, bool or bytea
   */
  public BulkWrite(String name, String sql, String ifThere, String... types) {
    this.name = name;
    this.sql = sql;
    this.ifThere = ifThere;
    this.types = List.of(types);
  }

  String name() {
    return name;
  }

  List<String> types() {
    return types;
  }

  /**
   * Tells for each part, in one row, how many rows it has written.
   *
   * @param again whether some of the rows may be there already
   */
  static String sql(List<BulkWrite> parts, boolean again) {
    return COMBINED.computeIfAbsent(new Form(parts, again), BulkWrite::combine);
  }

  private static String combine(Form form) {
    List<BulkWrite> parts = form.parts();
    return parts.stream()
            .map(part -> "%s as (%s)".formatted(part.name, part.withRows(form.again())))
            .collect(Collectors.joining(", ", "with ", " "))
        + parts.stream()
            .map(part -> "(select count(*) from %s)".formatted(part.name))
            .collect(Collectors.joining(", ", "select ", ""));
  }

  private String withRows(boolean again) {
    String rows =
        types.stream().map("?::%s[]"::formatted).collect(Collectors.joining(", ", "unnest(", ")"));
    return "%s %s returning 1".formatted(sql.replace("{rows}", rows), again ? ifThere : "");
  }
}
