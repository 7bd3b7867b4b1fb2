package dev.winnow.http;

import dev.winnow.store.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who did what, for as long as the database is there. Each row carries a hash over itself and the
 * row before, so that a row that was changed or taken out by hand can be found.
 */
public final class AuditLog {

  private static final int LONGEST = 300;

  private final Database database;

  public AuditLog(Database database) {
    this.database = database;
  }

  /**
   * @param who an account, or empty when nobody was recognised
   * @param target what it was about, such as a run's id
   * @param outcome {@code done}, or why not
   */
  public void add(String who, String what, String target, String outcome) {
    database.inTransaction(transaction -> {
      // one row after the other, or two would have the same predecessor
      transaction.query("select pg_advisory_xact_lock(727711)", _ -> 0);
      record Last(long number, String chain) {}
      Last last =
          transaction
              .queryOne(
                  "select number, encode(chain, 'hex') as chain from audit order by number desc limit 1",
                  row -> new Last(row.number("number"), row.text("chain")))
              .orElse(new Last(0, ""));
      long number = last.number() + 1;
      return transaction.update(
          "insert into audit (number, who, what, target, outcome, chain) values (?, ?, ?, ?, ?, ?)",
          number,
          cut(who),
          cut(what),
          cut(target),
          cut(outcome),
          link(last.chain(), number, cut(who), cut(what), cut(target), cut(outcome)));
    });
  }

  /** The first row that is not what was written, or whose predecessor is missing. */
  public Optional<Long> firstBroken() {
    String before = "";
    long expected = 1;
    for (Entry entry :
        database.query(
            "select number, who, what, target, outcome, encode(chain, 'hex') as chain from audit"
                + " order by number",
            row ->
                new Entry(
                    row.number("number"),
                    row.text("who"),
                    row.text("what"),
                    row.text("target"),
                    row.text("outcome"),
                    row.text("chain")))) {
      String chain =
          HexFormat.of()
              .formatHex(
                  link(before, entry.number, entry.who, entry.what, entry.target, entry.outcome));
      if (entry.number != expected || !chain.equals(entry.chain)) {
        return Optional.of(expected);
      }
      before = chain;
      expected++;
    }
    return Optional.empty();
  }

  private record Entry(
      long number, String who, String what, String target, String outcome, String chain) {}

  private static byte[] link(String before, long number, String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(before.getBytes(StandardCharsets.US_ASCII));
      digest.update(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((":" + bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One line, whatever came in. */
  private static String cut(String text) {
    String clean = CleanText.line(text);
    return clean.length() > LONGEST ? clean.substring(0, LONGEST) + "…" : clean;
  }
}
