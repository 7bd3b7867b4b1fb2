package dev.winnow.spec;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Specs in the database. */
public final class SpecStore {

  private static final String COLUMNS =
      """
      select id, version, status, title, task, complexity, phases::text, repository, submitter,
        owner, created_at, updated_at, artifacts::text from spec\
      """;

  private final Database database;

  public SpecStore(Database database) {
    this.database = database;
  }

  /** Keeps a new spec; the times are the database's. */
  Spec create(Spec spec) {
    return database.inTransaction(transaction -> {
      transaction.update(
          """
          insert into spec (id, version, status, title, task, complexity, phases, repository,
            submitter, owner, artifacts)
          values (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          spec.id(),
          spec.status().label(),
          spec.title(),
          spec.task(),
          spec.complexity().label(),
          Jsonb.of(spec.phases()),
          spec.repository().orElse(null),
          spec.submitter(),
          spec.owner(),
          Jsonb.of(spec.artifacts()));
      return read(transaction, spec.id(), "").orElseThrow();
    });
  }

  /**
   * Changes a spec. Others that change it at the same time wait and see the result, so nobody's
   * change is lost.
   *
   * @param change gets the spec as it is; may be done twice, and must not touch the database; the
   *     same spec means no change
   * @throws WinnowException of category USAGE when there is none
   */
  public Spec change(UUID id, UnaryOperator<Spec> change) {
    return database.inTransaction(transaction -> {
      Spec before =
          read(transaction, id, " for no key update").orElseThrow(() -> unknown(id.toString()));
      Spec after = change.apply(before);
      if (after.equals(before)) {
        return before;
      }
      transaction.update(
          """
          update spec set version = version + 1, status = ?, artifacts = ?,
            updated_at = clock_timestamp() where id = ?
          """,
          after.status().label(),
          Jsonb.of(after.artifacts()),
          id);
      return read(transaction, id, "").orElseThrow();
    });
  }

  /**
   * The newest first.
   *
   * @param before the last id of the page before, or empty
   * @param owner only this one's, or empty for all
   */
  public List<Spec> list(int limit, Optional<UUID> before, Optional<String> owner) {
    return page(COLUMNS, SpecStore::spec, limit, before, owner);
  }

  /** The same without what makes a spec long. */
  public List<SpecOverview> overviews(int limit, Optional<UUID> before, Optional<String> owner) {
    return page(
        // left() alone counts the characters of every text
        "select id, version, status, title, complexity, repository, owner, created_at, updated_at,"
            + " case when octet_length(task) <= 500 then task else left(task, 500) end as task"
            + " from spec",
        row ->
            new SpecOverview(
                row.uuid("id"),
                row.number("version"),
                SpecStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
                row.text("title"),
                row.text("task"),
                Complexity.valueOf(row.text("complexity").toUpperCase(Locale.ROOT)),
                row.optionalText("repository"),
                row.text("owner"),
                row.instant("created_at"),
                row.instant("updated_at")),
        limit,
        before,
        owner);
  }

  private <T> List<T> page(
      String columns,
      Function<Row, T> mapper,
      int limit,
      Optional<UUID> before,
      Optional<String> owner) {
    List<Object> arguments = new ArrayList<>();
    StringBuilder sql = new StringBuilder(columns).append(" where true");
    before.ifPresent(id -> {
      sql.append(" and id < ?");
      arguments.add(id);
    });
    owner.ifPresent(name -> {
      sql.append(" and owner = ?");
      arguments.add(name);
    });
    sql.append(" order by id desc limit ").append(limit);
    return database.query(sql.toString(), mapper, arguments.toArray());
  }

  /**
   * Finds a spec by its id, by the beginning or the end of it, or the newest by {@code latest}.
   *
   * @throws WinnowException of category USAGE when none or several match
   */
  public Spec find(String id) {
    String wanted = id.strip().toLowerCase(Locale.ROOT);
    if (wanted.equals("latest")) {
      return list(1, Optional.empty(), Optional.empty()).stream()
          .findFirst()
          .orElseThrow(() ->
              WinnowException.usage("There is no spec yet: make one with 'winnow spec-run'."));
    }
    if (!wanted.matches("[0-9a-f-]{4,36}")) {
      throw WinnowException.usage(
          "'%s' is no spec id: use one that 'winnow specs list' shows, or at least 4 of its characters."
              .formatted(
                  wanted
                      .replaceAll("\\p{Cntrl}", "?")
                      .substring(0, Math.min(60, wanted.length()))));
    }
    List<Spec> found =
        database.query(
            COLUMNS + " where id::text like ? or id::text like ? order by id desc limit 3",
            SpecStore::spec,
            wanted + "%",
            "%" + wanted);
    if (found.size() > 1) {
      throw WinnowException.usage(
          "'%s' fits several specs (%s, %s, ...): give more of the id."
              .formatted(wanted, found.get(0).id(), found.get(1).id()));
    }
    return found.stream().findFirst().orElseThrow(() -> unknown(wanted));
  }

  /**
   * @throws WinnowException of category USAGE when there is none
   */
  boolean sees(UUID id, Optional<String> owner) {
    return database
        .queryOne(
            "select 1 as one from spec where id = ? and (?::text is null or owner = ?)",
            row -> row.number("one"),
            id,
            owner.orElse(null),
            owner.orElse(null))
        .isPresent();
  }

  public Spec get(UUID id) {
    return database
        .queryOne(COLUMNS + " where id = ?", SpecStore::spec, id)
        .orElseThrow(() -> unknown(id.toString()));
  }

  private static WinnowException unknown(String id) {
    return WinnowException.usage("No spec '%s': see 'winnow specs list'.".formatted(id));
  }

  private static Optional<Spec> read(Transaction transaction, UUID id, String lock) {
    return transaction.queryOne(COLUMNS + " where id = ?" + lock, SpecStore::spec, id);
  }

  private static Spec spec(Row row) {
    return new Spec(
        row.uuid("id"),
        row.number("version"),
        SpecStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
        row.text("title"),
        row.text("task"),
        Complexity.valueOf(row.text("complexity").toUpperCase(Locale.ROOT)),
        List.of(Json.read(row.text("phases"), String[].class)),
        row.optionalText("repository"),
        row.text("submitter"),
        row.text("owner"),
        row.instant("created_at"),
        row.instant("updated_at"),
        Json.read(row.text("artifacts"), Artifacts.class));
  }
}
