package dev.winnow.run;

import dev.winnow.Json;
import dev.winnow.evidence.Evidence;
import dev.winnow.spec.Spec;
import dev.winnow.store.Database;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds out which tests of a spec's newest run cover its criteria. */
public final class CoverSpec {

  /**
   * The criteria with their tests; its components are the JSON form.
   *
   * @param run the newest one of the spec that has evidence; null when there is none
   */
  public record Coverage(@Nullable UUID run, List<CoverCriteria.Covered> criteria) {
    public Coverage {
      criteria = List.copyOf(criteria);
    }
  }

  private record Found(UUID run, Evidence evidence, @Nullable String winner) {}

  private final Database database;

  public CoverSpec(Database database) {
    this.database = database;
  }

  /** Only with runs that the asker may see. */
  public Coverage of(Spec spec, Whose whose) {
    return database
        .queryOne(
            """
            select id, evidence::text as evidence, decision ->> 'winner' as winner from run
            where spec_id = ? and kind = 'change' and evidence is not null and (? or submitter = ?)
            order by id desc limit 1
            """,
            row ->
                new Found(
                    row.uuid("id"),
                    Json.read(row.text("evidence"), Evidence.class),
                    row.textOrNull("winner")),
            spec.id(),
            whose.all(),
            whose.name())
        .map(found ->
            new Coverage(
                found.run(), CoverCriteria.of(spec.criteria(), found.evidence(), found.winner())))
        .orElseGet(() ->
            new Coverage(
                null,
                spec.criteria().stream()
                    .map(c -> new CoverCriteria.Covered(c.id(), c.text(), List.of()))
                    .toList()));
  }
}
