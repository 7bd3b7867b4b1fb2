package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Winnow's own bare copy of a repository, with Winnow's own configuration. It holds the files of
 * the commits that were pinned, not their history. Safe to use from several threads and processes.
 */
public final class Mirror {

  private final @Nullable UserRepository found;
  private final Path shown;
  private final MirrorDirectory directory;
  private final LimitTree limit;
  private final KnownTrees known;

  private Mirror(
      @Nullable UserRepository found,
      Path shown,
      MirrorDirectory directory,
      LimitTree limit,
      KnownTrees known) {
    this.found = found;
    this.shown = shown;
    this.directory = directory;
    this.limit = limit;
    this.known = known;
  }

  /** The user's repository, for what cannot be done without it. */
  private UserRepository user() {
    if (found == null) {
      throw WinnowException.usage("The repository %s is not on this machine.".formatted(shown));
    }
    return found;
  }

  private ObjectTransfer transfer() {
    return new ObjectTransfer(user(), directory, limit);
  }

  /**
   * Opens the mirror of the repository that holds this path, creating it when it is new.
   *
   * @param repository a checkout, a directory in one, a linked worktree, a submodule's checkout, or
   *     a bare repository
   * @throws WinnowException of category USAGE when there is no repository that can be used
   */
  public static Mirror open(Path dataDirectory, Path repository) {
    return open(dataDirectory, repository, LimitTree.DEFAULT);
  }

  static Mirror open(Path dataDirectory, Path repository, LimitTree limit) {
    return of(UserRepository.find(repository), dataDirectory, limit);
  }

  private static Mirror of(UserRepository user, Path dataDirectory, LimitTree limit) {
    return new Mirror(
        user, user.root(), MirrorDirectory.open(dataDirectory, user), limit, new KnownTrees());
  }

  /**
   * Opens the mirror for a run that may have been submitted elsewhere.
   *
   * @param repository where the user's repository was there; it counts only if it has {@code head}
   * @param identity of the mirror there
   */
  public static Mirror forRun(
      Path dataDirectory, Path repository, String identity, String objectFormat, String head) {
    Optional<UserRepository> here = UserRepository.findWith(repository, head);
    return here.isPresent()
        ? of(here.get(), dataDirectory, LimitTree.DEFAULT)
        : new Mirror(
            null,
            repository,
            MirrorDirectory.open(dataDirectory, identity, objectFormat),
            LimitTree.DEFAULT,
            new KnownTrees());
  }

  /**
   * The same mirror for work that may be stopped: its git is ended then, and the caller gets {@link
   * Cancellation.Cancelled}.
   */
  public Mirror until(Cancellation stop) {
    return new Mirror(
        found == null ? null : found.until(stop), shown, directory.until(stop), limit, known);
  }

  /** Whether the user's repository is on this machine. */
  public boolean hasRepository() {
    return found != null;
  }

  /** Names the mirror: the same for the same repository on every machine that uses it. */
  public String identity() {
    return directory.identity();
  }

  /** sha1 or sha256. */
  public String objectFormat() {
    return git().text("rev-parse", "--show-object-format");
  }

  /** Whether the mirror has an object. */
  public boolean has(String id) {
    return git().run("cat-file", "-e", id).status() == 0;
  }

  /**
   * The objects of a commit or tree as a pack.
   *
   * @param known commits and trees whose objects the receiver has
   * @return empty when the pack would be larger than the limit
   */
  public Optional<byte[]> pack(String wanted, List<String> known, int maxBytes) {
    StringBuilder revisions = new StringBuilder(wanted).append('\n');
    known.forEach(id -> revisions.append('^').append(id).append('\n'));
    Git.Result result =
        git()
            .run(
                revisions.toString().getBytes(StandardCharsets.UTF_8),
                maxBytes,
                "pack-objects",
                "--quiet",
                "--revs",
                "--stdout",
                "--delta-base-offset");
    if (result.output().length > maxBytes) {
      return Optional.empty();
    }
    if (result.status() != 0) {
      throw Git.failed(result, "pack-objects");
    }
    return Optional.of(result.output());
  }

  /** Takes a pack in; a commit in it stays without its parents. */
  public void unpack(byte[] pack, Optional<String> base) {
    directory.locked(() -> {
      base.ifPresent(directory::cutHistoryAt);
      var _ = git().require(pack, "index-pack", "--stdin", ObjectTransfer.STRICT);
      base.ifPresent(
          commit -> git().text("update-ref", "--no-deref", "refs/pinned/" + commit, commit));
      return true;
    });
  }

  /** Keeps a base whose objects are here already; it stays without its parents. */
  public void keepBase(String commit) {
    directory.locked(() -> {
      directory.cutHistoryAt(commit);
      return git().text("update-ref", "--no-deref", "refs/pinned/" + commit, commit);
    });
  }

  MirrorDirectory directory() {
    return directory;
  }

  /** Root of the user's checkout, or the bare repository itself. */
  public Path repository() {
    return shown;
  }

  /**
   * Resolves a revision in the user's repository and brings the commit here.
   *
   * @return the commit's id
   * @throws WinnowException of category USAGE when its files are more than a workspace may hold
   */
  public String pin(String revision) {
    String commit = user().resolve(revision);
    transfer().bring(commit);
    return commit;
  }

  /** Paths with uncommitted changes in the user's checkout (untracked ones too), at most 1,000. */
  public List<String> uncommitted() {
    if (user().workTree() == null) {
      return List.of();
    }
    String head = pin("HEAD");
    String tree = new CaptureUncommitted(user(), directory, transfer()).tree(head);
    return changes(treeOf(head), tree).stream().map(FileChange::path).limit(1000).toList();
  }

  /**
   * A commit on top of {@code base} that holds the user's uncommitted work as well.
   *
   * @return {@code base} itself when there is nothing uncommitted
   */
  public String pinUncommitted(String base) {
    if (user().workTree() == null) {
      throw WinnowException.usage(shown + " is a bare repository and has no uncommitted work");
    }
    String tree = new CaptureUncommitted(user(), directory, transfer()).tree(pin("HEAD"));
    return tree.equals(treeOf(base)) ? base : commit(tree, base, "Uncommitted work");
  }

  public String treeOf(String commit) {
    return git().text("rev-parse", "--verify", "--end-of-options", commit + "^{tree}");
  }

  /**
   * Writes the tree into a new directory, owned by the sandbox's user id, ready for a candidate.
   *
   * @param directory must not exist; its parent must
   * @param ignore patterns in the form of a gitignore file; what they match is left out of
   *     snapshots, unless the tree has it
   */
  public Workspace checkout(String tree, Path directory, Sandbox sandbox, List<String> ignore) {
    return Workspace.create(this.directory, tree, tree, directory, sandbox, ignore);
  }

  /** The same for a candidate that goes on from a snapshot of its own. */
  public Workspace checkout(
      String tree, String snapshot, Path directory, Sandbox sandbox, List<String> ignore) {
    return Workspace.create(this.directory, tree, snapshot, directory, sandbox, ignore);
  }

  /** All files of a tree: path to blob id. Submodules are not files. */
  public Map<String, String> files(String tree) {
    Map<String, String> files = new TreeMap<>();
    for (TreeEntry entry : entries(tree).values()) {
      if (entry.isBlob()) {
        files.put(entry.path(), entry.id());
      }
    }
    return files;
  }

  private Map<String, TreeEntry> entries(String tree) {
    return known.entries(tree, () -> TreeEntry.of(git(), tree));
  }

  /** Contents of blobs by id, without those that are larger than the limit. */
  public Map<String, byte[]> blobs(Collection<String> ids, int maxBytes) {
    return ReadBlobs.of(git(), ids, maxBytes);
  }

  /** A file's content, empty when the tree has no such file or it is larger than the limit. */
  public Optional<byte[]> read(String tree, String path, int maxBytes) {
    String name = tree + ":" + path;
    if (path.isEmpty() || path.indexOf('\n') >= 0 || path.indexOf(0) >= 0) {
      return Optional.ofNullable(entries(tree).get(path))
          .filter(TreeEntry::isBlob)
          .flatMap(entry -> blob(entry.id(), maxBytes));
    }
    return blob(name, maxBytes);
  }

  private Optional<byte[]> blob(String name, int maxBytes) {
    byte[] request = (name + "\n").getBytes(StandardCharsets.UTF_8);
    String header =
        git()
            .require(request, "cat-file", "--batch-check=%(objecttype) %(objectname) %(objectsize)")
            .text()
            .strip();
    String[] parts = header.split(" ", -1);
    if (parts.length != 3 || !parts[0].equals("blob") || Long.parseLong(parts[2]) > maxBytes) {
      return Optional.empty();
    }
    return Optional.of(git().require(new byte[0], "cat-file", "blob", parts[1]).output());
  }

  /**
   * A tree made of {@code base} without {@code removed}, with {@code taken} copied from a tree. A
   * taken path that {@code from} does not have is removed as well.
   */
  public String compose(String base, Set<String> removed, String from, Set<String> taken) {
    return known.composed(base, removed, from, taken, () -> composed(base, removed, from, taken));
  }

  private String composed(String base, Set<String> removed, String from, Set<String> taken) {
    Map<String, TreeEntry> source = taken.isEmpty() ? Map.of() : entries(from);
    List<String> lines = new ArrayList<>();
    Set<String> absent = new TreeSet<>(removed);
    taken.stream().filter(path -> !source.containsKey(path)).forEach(absent::add);
    for (String path : absent) {
      lines.add("0 " + "0".repeat(base.length()) + "\t" + path);
    }
    for (String path : new TreeSet<>(taken)) {
      TreeEntry entry = source.get(path);
      if (entry != null) {
        lines.add(entry.mode() + " " + entry.id() + "\t" + path);
      }
    }
    return withIndex(index -> {
      index.text("read-tree", "--end-of-options", base);
      byte[] input = (String.join("\0", lines) + "\0").getBytes(StandardCharsets.UTF_8);
      if (!lines.isEmpty()) {
        var _ = index.require(input, "update-index", "-z", "--index-info");
      }
      return index.text("write-tree");
    });
  }

  private <T> T withIndex(Function<Git, T> work) {
    Path file = directory.privateFile("index");
    try {
      return work.apply(git().withIndex(file));
    } finally {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // an unused index file costs nothing but its size; opening the mirror removes old ones
      }
    }
  }

  public List<FileChange> changes(String oldTree, String newTree) {
    return known.changes(oldTree, newTree, () -> FileChange.between(git(), oldTree, newTree));
  }

  /**
   * Unified diff as git prints it, restricted to the paths unless there are none. When it is longer
   * than the limit it is cut at a line and its last line says so.
   */
  public String diff(String oldTree, String newTree, List<String> paths, int maxBytes) {
    // comparing with a tree that has only these changes knows neither patterns nor limits of argv
    String to = paths.isEmpty() ? newTree : compose(oldTree, Set.of(), newTree, Set.copyOf(paths));
    Git.Result result =
        git()
            .run(
                new byte[0],
                maxBytes,
                "diff",
                "--no-ext-diff",
                "--no-textconv",
                "--no-color",
                "--no-renames",
                "--src-prefix=a/",
                "--dst-prefix=b/",
                "--submodule=short",
                "--end-of-options",
                oldTree,
                to,
                "--");
    if (result.output().length <= maxBytes) {
      if (result.status() != 0) {
        throw Git.failed(result, "diff");
      }
      return result.text();
    }
    String text = new String(result.output(), 0, maxBytes, StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1) + "(diff cut at " + maxBytes + " bytes)\n";
  }

  public String commit(String tree, String parent, String message) {
    return commit(tree, parent, message, Instant.now());
  }

  /** The same arguments give the same commit. */
  public String commit(String tree, String parent, String message, Instant date) {
    String seconds = "@" + date.getEpochSecond() + " +0000";
    return identified(git())
        .with("GIT_AUTHOR_DATE", seconds)
        .with("GIT_COMMITTER_DATE", seconds)
        .require(
            message.getBytes(StandardCharsets.UTF_8), "commit-tree", "-p", parent, "-F", "-", tree)
        .text()
        .strip();
  }

  static Git identified(Git git) {
    return git.with("GIT_AUTHOR_NAME", "Winnow")
        .with("GIT_AUTHOR_EMAIL", "winnow@localhost")
        .with("GIT_COMMITTER_NAME", "Winnow")
        .with("GIT_COMMITTER_EMAIL", "winnow@localhost");
  }

  /** Keeps a commit reachable in the mirror under {@code refs/winnow/<name>}. */
  public void keep(String name, String commit) {
    String ref = Deliver.checkedRef("refs/winnow/" + name);
    git().text("update-ref", "--no-deref", ref, commit);
  }

  /**
   * Creates the branch in the user's repository; -2, -3, ... is added when the name is taken by
   * another commit. A branch of that name on this commit is the one that was asked for. HEAD,
   * index, checkout and other refs stay as they are, and no hook runs.
   *
   * @return the name that the branch got
   */
  public String deliver(String branch, String commit) {
    return new Deliver(user(), transfer()).branch(branch, commit);
  }

  private Git git() {
    return directory.git();
  }
}
