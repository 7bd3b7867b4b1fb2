package dev.winnow.workspace;

import dev.winnow.WinnowException;
import dev.winnow.telemetry.Redact;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * A git repository that all nodes can reach, where they leave candidates' files for each other.
 * Only the operator names it, so git may use the transport that its address has, and no other one.
 * The address is never an argument of a program, and what is secret in it is not in the address
 * that git gets.
 */
public final class SharedRemote {

  private static final String EXPECTED =
      "expected postgresql, the path of a bare git repository, or an address with ssh://, https:// or file://";

  /** A remote that does not answer must not hold a run up for longer. */
  private static final String SECONDS = "120";

  private static final String AWAY = "The git remote for snapshots (";

  private static final String REFS = "refs/winnow/";

  /** What git and ssh need of the operator's environment to log in and to get out. */
  private static final List<String> PASSED =
      List.of(
          "HOME",
          "SSH_AUTH_SOCK",
          "GIT_SSH_COMMAND",
          "GIT_SSL_CAINFO",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "https_proxy",
          "HTTPS_PROXY",
          "no_proxy",
          "NO_PROXY");

  private final String shown;
  private final Map<String, String> environment;

  private SharedRemote(String shown, Map<String, String> environment) {
    this.shown = shown;
    this.environment = environment;
  }

  /**
   * @param value a path or an address; an {@code https} address may hold user and password
   * @param outer the operator's environment
   * @throws IllegalArgumentException that says what was expected, without the value
   */
  public static SharedRemote parse(String value, Map<String, String> outer) {
    Map<String, String> settings = new TreeMap<>();
    String shown = value;
    String protocol;
    if (value.startsWith("/")) {
      protocol = "file";
    } else if (value.matches("[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\\s-]\\S*")) {
      protocol = "ssh";
    } else {
      URI uri = uri(value);
      protocol = String.valueOf(uri.getScheme());
      if (!Set.of("file", "ssh", "https").contains(protocol) || uri.getPath() == null) {
        throw new IllegalArgumentException(EXPECTED);
      }
      String user = uri.getRawUserInfo();
      if (protocol.equals("https") && user != null) {
        shown = value.replaceFirst("://[^@/]*@", "://");
        settings.put("http." + shown + ".extraHeader", "Authorization: Basic " + basic(user));
      } else if (user != null && user.contains(":")) {
        throw new IllegalArgumentException("ssh takes no password from an address: use a key");
      }
    }
    settings.put("remote.snapshots.url", shown);
    settings.put("http.followRedirects", "false");
    settings.put("http.lowSpeedLimit", "1");
    settings.put("http.lowSpeedTime", "20");
    settings.put("fetch.fsck.zeroPaddedFilemode", "ignore");
    return new SharedRemote(shown, environment(protocol, settings, outer));
  }

  private static URI uri(String value) {
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  private static String basic(String user) {
    String decoded = URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
    Redact.know(decoded.substring(decoded.indexOf(':') + 1));
    String both = decoded.contains(":") ? decoded : decoded + ":";
    return Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> environment(
      String protocol, Map<String, String> settings, Map<String, String> outer) {
    Map<String, String> environment = new TreeMap<>();
    environment.put(
        "GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=10 -oServerAliveInterval=10");
    PASSED.forEach(
        name -> Optional.ofNullable(outer.get(name)).ifPresent(v -> environment.put(name, v)));
    environment.put("GIT_ALLOW_PROTOCOL", protocol);
    int count = 0;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      environment.put("GIT_CONFIG_KEY_" + count, setting.getKey());
      environment.put("GIT_CONFIG_VALUE_" + count, setting.getValue());
      count++;
    }
    environment.put("GIT_CONFIG_COUNT", String.valueOf(count));
    return environment;
  }

  /** Whether a failure says that the remote could not be used, now. */
  public static boolean isAway(WinnowException failure) {
    return String.valueOf(failure.getMessage()).startsWith(AWAY);
  }

  /** The address without what is secret in it. */
  public String shown() {
    return shown;
  }

  /**
   * Asks whether it can be read and written.
   *
   * @throws WinnowException INFRASTRUCTURE that says why not
   */
  public void check(Path dataDirectory) {
    probe(
        dataDirectory,
        (git, commit) -> {
          var _ =
              run(git, "push", "--quiet", "--dry-run", "snapshots", commit + ":" + REFS + "probe");
        });
  }

  /** The same by writing something, and taking it away: a disk can be full, a hook can refuse. */
  public void tryToWrite(Path dataDirectory) {
    String ref = REFS + "probe/" + UUID.randomUUID();
    probe(
        dataDirectory,
        (git, commit) -> {
          var _ = run(git, "push", "--quiet", "snapshots", commit + ":" + ref);
          var _ = run(git, "push", "--quiet", "snapshots", "--delete", ref);
        });
  }

  private void probe(Path dataDirectory, BiConsumer<Git, String> ask) {
    try {
      Files.createDirectories(dataDirectory);
      Path probe = Files.createTempDirectory(dataDirectory, "probe-remote-");
      try {
        Git.plain().text("init", "--quiet", "--bare", "--template=", "--", probe.toString());
        Git git = Git.plain().at(probe);
        String commit =
            Mirror.identified(git).text("commit-tree", git.text("mktree"), "-m", "Winnow asks");
        ask.accept(git, commit);
      } finally {
        DeleteTree.delete(probe);
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot write into " + dataDirectory, e);
    }
  }

  /**
   * Wraps a commit or tree into a parcel: a commit that any git server takes, though the history of
   * what is in it is not there. The same arguments give the same parcel.
   *
   * @param before the parcel that the receiver has already
   */
  public String parcel(Mirror mirror, String wanted, Optional<String> before) {
    Git git = mirror.directory().git();
    StringBuilder entries = new StringBuilder();
    String tree = mirror.treeOf(wanted);
    if (!tree.equals(wanted)) {
      byte[] commit = git.require(new byte[0], "cat-file", "commit", wanted).output();
      String blob = git.require(commit, "hash-object", "-w", "--stdin").text().strip();
      entries.append("100644 blob ").append(blob).append("\tcommit\n");
    }
    entries.append("040000 tree ").append(tree).append("\tfiles\n");
    String content =
        git.require(entries.toString().getBytes(StandardCharsets.UTF_8), "mktree").text().strip();
    List<String> args = new ArrayList<>(List.of("commit-tree", "-m", "Files of a run of Winnow"));
    before.ifPresent(parent -> args.addAll(List.of("-p", parent)));
    args.add(content);
    return Mirror.identified(git)
        .with("GIT_AUTHOR_DATE", "@0 +0000")
        .with("GIT_COMMITTER_DATE", "@0 +0000")
        .text(args.toArray(String[]::new));
  }

  /** The ref under which something of this mirror is left. */
  public static String ref(Mirror mirror, String name) {
    return Deliver.checkedRef(REFS + mirror.identity().replaceFirst("\\.git$", "") + "/" + name);
  }

  /**
   * Leaves a parcel there, with all that it needs.
   *
   * @throws WinnowException INFRASTRUCTURE when the remote does not take it
   */
  public void push(Mirror mirror, String ref, String parcel) {
    var _ = run(mirror.directory().git(), "push", "--quiet", "snapshots", "+" + parcel + ":" + ref);
  }

  /**
   * Brings what was left under these refs; a ref that is not there any more brings nothing.
   *
   * @throws WinnowException INFRASTRUCTURE when the remote cannot be read
   */
  public void fetch(Mirror mirror, Collection<String> refs) {
    Git git = mirror.directory().git();
    Map<String, String> there = list(git);
    there.keySet().retainAll(refs);
    if (there.isEmpty()) {
      return;
    }
    List<String> args =
        new ArrayList<>(
            List.of("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "snapshots"));
    args.addAll(there.keySet());
    var _ = run(git, args.toArray(String[]::new));
    Set<String> parcels = new LinkedHashSet<>();
    there.values().forEach(id -> parcels.addAll(git.text("rev-list", id).lines().toList()));
    for (String parcel : parcels) {
      Git.Result commit = git.run("cat-file", "blob", parcel + ":commit");
      if (commit.status() == 0) {
        var _ = git.require(commit.output(), "hash-object", "-t", "commit", "-w", "--stdin");
      }
    }
  }

  /** Deletes what was left for these runs, unless it is kept; returns how many refs. */
  public int delete(
      Path dataDirectory, Collection<String> runs, Set<String> more, Set<String> kept) {
    Optional<MirrorDirectory> any = MirrorDirectory.all(dataDirectory).stream().findFirst();
    if (any.isEmpty() || (runs.isEmpty() && more.isEmpty())) {
      return 0;
    }
    Set<String> old = Set.copyOf(runs);
    Git git = any.get().git();
    List<String> gone =
        list(git).keySet().stream()
            .filter(ref -> more.contains(ref) || old.contains(runOf(ref)))
            .filter(ref -> !kept.contains(ref))
            .toList();
    for (int i = 0; i < gone.size(); i += 500) {
      List<String> args = new ArrayList<>(List.of("push", "--quiet", "snapshots", "--delete"));
      args.addAll(gone.subList(i, Math.min(gone.size(), i + 500)));
      var _ = run(git, args.toArray(String[]::new));
    }
    return gone.size();
  }

  private static String runOf(String ref) {
    String[] parts = ref.split("/", -1);
    return parts.length > 3 ? parts[3] : "";
  }

  private Map<String, String> list(Git git) {
    Map<String, String> refs = new TreeMap<>();
    run(git, "ls-remote", "--quiet", "snapshots", REFS + "*")
        .text()
        .lines()
        .map(line -> line.split("\t", 2))
        .filter(line -> line.length == 2)
        .forEach(line -> refs.put(line[1], line[0]));
    return refs;
  }

  private Git.Result run(Git git, String... args) {
    Git.Result result =
        git.as(List.of("timeout", "-k", "5", SECONDS)).withAll(environment).run(args);
    if (result.status() != 0) {
      String reason =
          result.status() == 124 ? "no answer within " + SECONDS + " s" : ExplainRemote.of(result);
      throw WinnowException.infrastructure(
          AWAY + "%s) cannot be used: %s".formatted(shown, reason), null);
    }
    return result;
  }
}
