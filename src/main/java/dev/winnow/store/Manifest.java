package dev.winnow.store;

import java.time.Instant;
import java.util.List;

/**
 * What an export says about itself, in its last entry.
 *
 * @param format of the file
 * @param schema version of the tables
 * @param winnow who wrote it
 * @param tables parents before children
 * @param parts all entries but this one
 */
public record Manifest(
    int format,
    int schema,
    String winnow,
    String postgres,
    Instant at,
    List<Table> tables,
    List<Part> parts) {

  static final int FORMAT = 1;

  /** One table; its rows are in PostgreSQL's text format of COPY. */
  public record Table(String name, List<String> columns, long rows) {
    public Table {
      columns = List.copyOf(columns);
    }
  }

  /**
   * One entry of the file.
   *
   * @param bytes before compression
   * @param sha256 in hexadecimal
   */
  public record Part(String name, long bytes, String sha256) {}

  public Manifest {
    tables = List.copyOf(tables);
    parts = List.copyOf(parts);
  }

  public long rows() {
    return tables.stream().mapToLong(Table::rows).sum();
  }
}
