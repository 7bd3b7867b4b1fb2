package dev.winnow.http;

import dev.winnow.Ids;
import dev.winnow.run.Whose;
import dev.winnow.store.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Conversations with agents: what was said, and the run that each message became. */
final class Conversations {

  /** A conversation; its components are the JSON form. */
  record Conversation(
      UUID id, String title, String owner, Instant createdAt, Instant changedAt, long turns) {}

  /**
   * A message and what became of it; its components are the JSON form.
   *
   * @param answer of the winner; null when there is none (yet)
   * @param outcome of the run; null while it goes on
   */
  record Turn(
      int number,
      UUID run,
      String message,
      @Nullable String answer,
      @Nullable String outcome,
      Instant at) {}

  private final Database database;

  Conversations(Database database) {
    this.database = database;
  }

  UUID begin(String owner, String title) {
    UUID id = Ids.next();
    database.update(
        "insert into conversation (id, owner, title) values (?, ?, ?)", id, owner, title);
    return id;
  }

  boolean sees(Whose whose, UUID conversation) {
    return database
        .queryOne(
            "select 1 as one from conversation where id = ? and (? or owner = ?)",
            row -> row.number("one"),
            conversation,
            whose.submitter().isEmpty(),
            whose.submitter().orElse(""))
        .isPresent();
  }

  List<Conversation> page(Whose whose, Optional<UUID> before, int limit) {
    List<Object> arguments = new ArrayList<>();
    StringBuilder sql =
        new StringBuilder(
            """
            select c.*, (select count(*) from conversation_turn t where t.conversation = c.id) as turns
            from conversation c where true\
            """);
    whose
        .submitter()
        .ifPresent(owner -> {
          sql.append(" and c.owner = ?");
          arguments.add(owner);
        });
    before.ifPresent(id -> {
      sql.append(" and c.id < (select ?::uuid)"); // see FindRuns
      arguments.add(id);
    });
    sql.append(" order by c.id desc limit ").append(limit);
    return database.query(
        sql.toString(),
        row ->
            new Conversation(
                row.uuid("id"),
                row.text("title"),
                row.text("owner"),
                row.instant("created_at"),
                row.instant("changed_at"),
                row.number("turns")),
        arguments.toArray());
  }

  /** The turns after a number, in order. */
  List<Turn> turns(UUID conversation, int after) {
    return database.query(
        """
        select t.number, t.run_id, t.message, t.at, r.outcome,
          (select c.answer from candidate c where c.run_id = r.id
            and c.id = r.result -> 'winner' ->> 'candidate') as answer
        from conversation_turn t join run r on r.id = t.run_id
        where t.conversation = ? and t.number > ? order by t.number
        """,
        row ->
            new Turn(
                (int) row.number("number"),
                row.uuid("run_id"),
                row.text("message"),
                row.textOrNull("answer"),
                row.textOrNull("outcome"),
                row.instant("at")),
        conversation,
        after);
  }

  /** Adds the message that became the run; its number, from 1. */
  int add(UUID conversation, UUID run, String message) {
    return database.inTransaction(transaction -> {
      transaction.update(
          "update conversation set changed_at = clock_timestamp() where id = ?", conversation);
      return transaction
          .queryOne(
              """
              insert into conversation_turn (conversation, number, run_id, message)
              select ?, 1 + coalesce(max(number), 0), ?, ? from conversation_turn
              where conversation = ? returning number
              """,
              row -> (int) row.number("number"),
              conversation,
              run,
              message,
              conversation)
          .orElseThrow();
    });
  }
}
