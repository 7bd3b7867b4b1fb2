package dev.winnow.http;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The people and programs that may use the server, and what they prove it with. */
public final class Accounts {

  /** The kinds of credentials. */
  enum Kind {
    /** A link that is used once. */
    LOGIN(Duration.ofMinutes(30)),
    /** A browser. */
    SESSION(Duration.ofDays(30)),
    /** A program. */
    TOKEN(Duration.ofDays(90));

    private final Duration life;

    Kind(Duration life) {
      this.life = life;
    }

    String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** How long a token lives when nobody says otherwise. */
  public static final Duration TOKEN_LIFE = Kind.TOKEN.life;

  /**
   * An account; its components are the JSON form.
   *
   * @param disabled whether it may do nothing any more
   */
  public record Account(String name, Role role, Instant createdAt, boolean disabled) {}

  /**
   * A token as it can be shown; its components are the JSON form.
   *
   * @param hint its last four characters
   */
  public record Token(
      UUID id,
      String account,
      Role role,
      String label,
      String hint,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant usedAt,
      boolean revoked) {}

  /**
   * A new credential.
   *
   * @param secret shown once, never stored
   */
  public record Issued(UUID id, String secret, Instant expiresAt) {}

  private static final long MINUTE = 60_000_000_000L; // nanoseconds
  private static final int MOST_REMEMBERED = 10_000;

  private final Database database;
  private final Map<UUID, Long> used = new ConcurrentHashMap<>();
  private final RecentCallers recent = new RecentCallers(System::nanoTime);

  public Accounts(Database database) {
    this.database = database;
  }

  /**
   * Makes an account, or gives an existing one another role, and wakes it if it was disabled.
   *
   * @throws WinnowException of category USAGE for a name that cannot be one
   */
  public void put(String name, Role role) {
    if (!name.matches("[\\p{L}\\p{N}._@-]{1,60}")) {
      throw WinnowException.usage(
          "A user's name has 1 to 60 letters, digits or . _ @ -, such as anna.");
    }
    database.update(
        """
        insert into account (name, role) values (?, ?)
        on conflict (name) do update set role = excluded.role, disabled_at = null
        """,
        name,
        role.label());
    recent.forget();
  }

  /** Makes the account of whoever starts the server, unless there is one of that name. */
  public void putFirst(String name) {
    database.update(
        "insert into account (name, role) values (?, 'admin') on conflict (name) do nothing", name);
  }

  public List<Account> all() {
    return database.query(
        "select name, role, created_at, disabled_at is not null as disabled from account order by"
            + " name",
        row ->
            new Account(
                row.text("name"),
                Role.of(row.text("role")),
                row.instant("created_at"),
                row.flag("disabled")));
  }

  /** Whether somebody was ever given a way in by hand: a token, or an account of another name. */
  public boolean areSetUp(String except) {
    return database
        .queryOne(
            """
            select exists (select 1 from account a where a.disabled_at is null and (a.name <> ? or
              exists (select 1 from credential c where c.account = a.name and c.kind = 'token'
                and c.ended_at is null))) as some
            """,
            row -> row.flag("some"),
            except)
        .orElse(false);
  }

  /** Ends everything that the account has, and everything that it would get. */
  public boolean disable(String name) {
    boolean known =
        database.inTransaction(transaction -> {
          transaction.update(
              "update credential set ended_at = clock_timestamp() where account = ? and ended_at is"
                  + " null",
              name);
          return transaction.update(
                  "update account set disabled_at = coalesce(disabled_at, clock_timestamp()) where"
                      + " name = ?",
                  name)
              > 0;
        });
    recent.forget();
    return known;
  }

  public Issued token(String account, Role role, String label, Duration life) {
    return database.inTransaction(
        transaction -> issue(transaction, Kind.TOKEN, account, role, label, life));
  }

  /** A link's secret, for one log-in. */
  public Issued login(String account) {
    return database.inTransaction(
        transaction -> issue(transaction, Kind.LOGIN, account, Role.ADMIN, "", Kind.LOGIN.life));
  }

  /** Whether a browser of the account is logged in. */
  public boolean hasSession(String account) {
    return database
        .queryOne(
            """
            select exists (select 1 from credential where account = ? and kind = 'session'
              and ended_at is null and expires_at > clock_timestamp()) as some
            """,
            row -> row.flag("some"),
            account)
        .orElse(false);
  }

  private static Issued issue(
      Transaction transaction, Kind kind, String account, Role role, String label, Duration life) {
    String secret = NewSecret.make();
    UUID id = Ids.next();
    return transaction
        .queryOne(
            """
            insert into credential (id, kind, account, role, label, hint, hash, expires_at)
            select ?, ?, a.name, ?, ?, ?, ?, clock_timestamp() + ? * interval '1 second'
            from account a where a.name = ? and a.disabled_at is null
            returning expires_at
            """,
            row -> new Issued(id, secret, row.instant("expires_at")),
            id,
            kind.label(),
            role.label(),
            label,
            secret.substring(secret.length() - 4),
            NewSecret.hash(secret),
            life.toSeconds(),
            account)
        .orElseThrow(() ->
            WinnowException.usage(
                "There is no user of this name: 'winnow users add NAME' makes one."));
  }

  /** Turns a link's secret into a session, once. */
  Optional<Issued> redeem(String secret) {
    return database.inTransaction(transaction ->
        transaction
            .queryOne(
                """
                update credential c set ended_at = clock_timestamp(), used_at = clock_timestamp()
                from account a where a.name = c.account and a.disabled_at is null and c.hash = ?
                  and c.kind = 'login' and c.ended_at is null and c.expires_at > clock_timestamp()
                returning c.account
                """,
                row -> row.text("account"),
                (Object) NewSecret.hash(secret))
            .map(account ->
                issue(transaction, Kind.SESSION, account, Role.ADMIN, "", Kind.SESSION.life)));
  }

  /** Who has this, if it still counts, or did a moment ago: see {@link #forgetCallers}. */
  Optional<Principal> who(String secret, Kind kind) {
    byte[] hash = NewSecret.hash(secret);
    return recent.who(hash, () -> who(hash, kind)).filter(who -> who.cookie() == isCookie(kind));
  }

  private static boolean isCookie(Kind kind) {
    return kind == Kind.SESSION;
  }

  /** Somebody else, on whatever node, has ended a credential. */
  void forgetCallers() {
    recent.forget();
  }

  private Optional<Principal> who(byte[] hash, Kind kind) {
    return database.queryOne(
        """
        select c.id, c.account, c.role, a.role as most from credential c
        join account a on a.name = c.account
        where c.hash = ? and c.kind = ? and c.ended_at is null and a.disabled_at is null
          and c.expires_at > clock_timestamp()
        """,
        row ->
            new Principal(
                row.text("account"),
                Role.of(row.text("role")).atMost(Role.of(row.text("most"))),
                row.uuid("id"),
                isCookie(kind)),
        hash,
        kind.label());
  }

  /** Whether what somebody proved it with still counts. */
  boolean stillCounts(UUID credential) {
    return database
        .queryOne(
            """
            select exists (select 1 from credential c join account a on a.name = c.account
              where c.id = ? and c.ended_at is null and a.disabled_at is null
              and c.expires_at > clock_timestamp()) as some
            """,
            row -> row.flag("some"),
            credential)
        .orElse(false);
  }

  /** Remembers that it was used, to the minute. */
  void used(UUID credential) {
    long now = System.nanoTime();
    Long last = used.get(credential);
    if (last != null && now - last < MINUTE) {
      return; // not with every request: it is a write
    }
    if (used.size() > MOST_REMEMBERED) {
      used.clear();
    }
    used.put(credential, now);
    database.update(
        """
        update credential set used_at = clock_timestamp() where id = ?
          and (used_at is null or used_at < clock_timestamp() - interval '1 minute')
        """,
        credential);
  }

  /**
   * @param account whose; empty for everybody's
   */
  public List<Token> tokens(Optional<String> account) {
    return database.query(
        """
        select id, account, role, label, hint, created_at, expires_at, used_at,
          ended_at is not null as revoked
        from credential where kind = 'token' and (? or account = ?) order by created_at desc
        limit 1000
        """,
        Accounts::token,
        account.isEmpty(),
        account.orElse(""));
  }

  private static Token token(Row row) {
    return new Token(
        row.uuid("id"),
        row.text("account"),
        Role.of(row.text("role")),
        row.text("label"),
        row.text("hint"),
        row.instant("created_at"),
        row.instant("expires_at"),
        row.instantOrNull("used_at"),
        row.flag("revoked"));
  }

  /**
   * Ends a token or a session.
   *
   * @param account only if it is theirs; empty for anybody's
   * @return whether there was one
   */
  public boolean end(UUID credential, Optional<String> account) {
    int ended =
        database.update(
            """
            update credential set ended_at = coalesce(ended_at, clock_timestamp())
            where id = ? and (? or account = ?)
            """,
            credential,
            account.isEmpty(),
            account.orElse(""));
    recent.forget();
    return ended > 0;
  }
}
