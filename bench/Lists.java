import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import dev.winnow.store.Database;
import io.javalin.Javalin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Every list over HTTP with 10,000 runs, against the statement that it cannot do without and whose
 * columns are all read, on one connection each: {@code bench/run fanout 0}. Between the two lies at
 * least what a bare Javalin needs for an answer of that size, which is made beforehand.
 */
class Lists {

  /** Of each list, on all sides alike, before anything counts: a server is left running. */
  static final int WARM = Integer.getInteger("warm", 2_500);

  static final int ROUNDS = 500;
  static final int COUNTED = 200;

  static final String SUMS =
      " cross join lateral (select sum(cost_micros) as c, sum(input_tokens + output_tokens) as t"
          + " from ledger l where l.run_id = r.id) s";

  record Listing(String what, boolean own, String path, String sql) {}

  static final List<Listing> ALL =
      List.of(
          new Listing("who am I, which reads nothing", false, "/me", "select 'x' as task"),
          runs("all runs", false, "", "true"),
          runs("one's own", true, "", "submitter = 'owner'"),
          runs("by status", false, "?status=accepted", "outcome = 'accepted'"),
          runs(
              "the last page",
              false,
              "?cursor=01a20000-0000-7003-8000-000000000032",
              "id < '01a20000-0000-7003-8000-000000000032'"),
          new Listing(
              "conversations",
              false,
              "/conversations",
              "select c.*, (select count(*) from conversation_turn t where t.conversation = c.id) as"
                  + " n from conversation c order by id desc limit 51"),
          new Listing("specs", false, "/specs", "select * from spec order by id desc limit 51"),
          new Listing(
              "agents",
              false,
              "/agents",
              "select c.agent, count(*), sum(s.cost) from candidate c join run r on r.id = c.run_id"
                  + " left join (select run_id, candidate, sum(cost_micros) as cost from ledger"
                  + " group by 1, 2) s on s.run_id = c.run_id group by 1"));

  static Listing runs(String what, boolean own, String query, String where) {
    return new Listing(
        what,
        own,
        "/tdd-runs" + query,
        "select r.*, s.c from (select * from run where %s order by id desc limit 51) r"
                .formatted(where)
            + SUMS);
  }

  /** Answers with as many bytes as the path says. */
  static void floor() throws InterruptedException {
    Map<String, byte[]> made = new ConcurrentHashMap<>();
    Javalin server =
        Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.get(
              "/api/v1/{bytes}",
              context -> {
                byte[] body =
                    made.computeIfAbsent(
                        context.pathParam("bytes"),
                        bytes -> "x".repeat(Integer.parseInt(bytes)).getBytes());
                context.res().setContentLength(body.length);
                context.res().getOutputStream().write(body);
              });
        });
    server.start("127.0.0.1", 0);
    System.out.println("{\"port\":" + server.port() + "}");
    new CountDownLatch(1).await();
  }

  static void measure(Path area) throws Exception {
    Process floor = Fanout.java("Fanout", Path.of("/tmp"), "floor");
    Process server =
        Fanout.java("dev.winnow.app.Main", area, "serve", "--port", "0", "--no-work", "--json");
    try (BufferedReader fixed = floor.inputReader();
        BufferedReader out = server.inputReader();
        Database database = Database.open(area.resolve("data"), Optional.empty(), _ -> {})) {
      int[] ports = {Fanout.port(out), Fanout.port(fixed)};
      fill(database);
      for (Listing list : ALL.subList(0, ALL.size() - 1)) { // agents: the statement is nearly all
        for (int warm = 0; warm < WARM && !list.own(); warm += ROUNDS) {
          compare(database, ports, list, "warm" + warm + list.what());
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%n| 10,000 runs, median of the last %d of %d, after %d of each that do not count | ms"
              + " | ratio to the SQL | target |%n|---|---:|---:|---:|%n",
          COUNTED,
          ROUNDS,
          WARM);
      for (Listing list : ALL) {
        Took took = compare(database, ports, list, list.own() ? "owner" : list.what());
        System.out.printf(
            Locale.ROOT,
            "| %s: bare SQL | %.3f | 1 | |%n| the same %d bytes, made beforehand, of a bare Javalin |"
                + " %.3f | %.2f | |%n| Winnow | %.3f | %.2f | < 2 |%n",
            list.what(),
            took.sql(),
            took.bytes(),
            took.fixed(),
            took.fixed() / took.sql(),
            took.winnow(),
            took.winnow() / took.sql());
      }
    } finally {
      floor.destroy();
      server.destroy();
      server.waitFor();
    }
  }

  static void fill(Database database) {
    database.update(
        """
        insert into run (id, kind, state, task, repository, options, submitter, outcome, result, finished_at)
        select ('01a20000-' || lpad(to_hex(i / 65536), 4, '0') || '-7' || lpad(to_hex((i / 16) % 4096), 3, '0') || '-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
          'change', 'done', repeat('task ', 40) || i, '/srv/git/shop', '{"agents":["a","b"]}', case when i % 10 = 0 then 'owner' else 'other' end,
          'accepted', '{"winner":{"candidate":"c1","agent":"a"},"branch":"winnow/x","reason":"x"}', clock_timestamp()
        from generate_series(1, 10000) i\
        """);
    String made = " from run where submitter in ('owner', 'other')";
    database.update(
        "insert into ledger (id, run_id, candidate, step, attempt, epoch, node, model, state,"
            + " reserved_micros, reserved_tokens, cost_micros) select gen_random_uuid(), id,"
            + " 'c1', 's', 1, 1, 'n', 'm', 'settled', 1, 1, 1000"
            + made);
    database.update(
        "insert into candidate (run_id, id, agent, state) select id, 'c1', 'a', 'ready'" + made);
    database.update(
        "insert into conversation (id, owner, title) select id, submitter, 'conversation'" + made);
    database.update(
        "insert into conversation_turn (conversation, number, run_id, message) select id, 1, id,"
            + " 'hello'"
            + made);
    database.update(
        "insert into spec (id, status, title, task, complexity, phases, owner, submitter, artifacts)"
            + " select id, 'draft', 'A spec', task, 'simple', '[]', submitter, submitter, '{}'"
            + made);
    for (String table : List.of("run", "ledger", "candidate", "conversation", "spec")) {
      database.update("analyze " + table);
    }
  }

  /**
   * Medians, in milliseconds.
   *
   * @param fixed of a bare server
   * @param bytes of the answer, with its head
   */
  record Took(double sql, double fixed, double winnow, int bytes) {}

  /** Each user may ask 600 times a minute. */
  static Took compare(Database database, int[] ports, Listing list, String user) throws Exception {
    Accounts accounts = new Accounts(database);
    String name = user.replaceAll("[^a-z0-9]", "");
    accounts.put(name, list.own() ? Role.RUNNER : Role.ADMIN);
    String token = accounts.token(name, Role.ADMIN, "", Duration.ofDays(1)).secret();
    byte[] request = request(ports[0], list.path(), token);
    double[] bare = new double[ROUNDS];
    double[] fixed = new double[ROUNDS];
    double[] served = new double[ROUNDS];
    byte[] buffer = new byte[256 * 1024];
    try (Socket winnow = new Socket("127.0.0.1", ports[0]);
        Socket floor = new Socket("127.0.0.1", ports[1])) {
      winnow.setTcpNoDelay(true);
      floor.setTcpNoDelay(true);
      int bytes = ask(winnow, request, buffer);
      byte[] same = request(ports[1], "/" + bytes, token);
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        int rows = rows(database, list.sql());
        bare[i] = (System.nanoTime() - start) / 1e6;
        start = System.nanoTime();
        int _ = ask(floor, same, buffer);
        fixed[i] = (System.nanoTime() - start) / 1e6;
        start = System.nanoTime();
        int length = ask(winnow, request, buffer);
        served[i] = (System.nanoTime() - start) / 1e6;
        String end = new String(buffer, length - 50, 50, StandardCharsets.UTF_8);
        if (rows > 50 && !end.contains("\"next\":\"")) {
          throw new IllegalStateException(list.path() + ": " + end);
        }
      }
      return new Took(median(bare), median(fixed), median(served), bytes);
    }
  }

  static byte[] request(int port, String path, String token) {
    return "GET /api/v1%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(path, port, token)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static int ask(Socket socket, byte[] request, byte[] buffer) throws IOException {
    socket.getOutputStream().write(request);
    return answer(socket.getInputStream(), buffer);
  }

  /** Reads all rows, with each column as what it is; returns how many there are. */
  static int rows(Database database, String sql) throws SQLException {
    try (Connection connection = database.separateConnections().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      int columns = result.getMetaData().getColumnCount();
      int rows = 0;
      for (; result.next(); rows++) {
        for (int i = 1; i <= columns; i++) {
          Object _ = result.getObject(i);
        }
      }
      return rows;
    }
  }

  /** Reads one answer to its end; its length is always told. What the client does is not free. */
  static int answer(InputStream in, byte[] buffer) throws IOException {
    int length = 0;
    int whole = Integer.MAX_VALUE;
    while (length < whole) {
      int n = in.read(buffer, length, buffer.length - length);
      if (n < 0) {
        throw new IOException("closed");
      }
      length += n;
      if (whole == Integer.MAX_VALUE) {
        String head = new String(buffer, 0, Math.min(length, 2_048), StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n\r\n");
        if (end >= 0) { // the end of the head
          if (!head.startsWith("HTTP/1.1 200")) {
            throw new IOException(head);
          }
          int told = head.indexOf("Content-Length: ") + "Content-Length: ".length();
          whole = end + 4 + Integer.parseInt(head.substring(told, head.indexOf('\r', told)));
        }
      }
    }
    return length;
  }

  static double median(double[] all) {
    double[] warm = Arrays.copyOfRange(all, all.length - COUNTED, all.length);
    Arrays.sort(warm);
    return warm[warm.length / 2];
  }
}
