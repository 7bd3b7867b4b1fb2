package dev.winnow.workspace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns the files of a directory that nobody trusts into a git tree. Paths are kept as the bytes
 * that git prints (one char per byte), because a name need not be UTF-8.
 */
final class TakeSnapshot {

  /** What a snapshot may hold and take in. */
  record Policy(int maxFiles, long maxBytes, boolean newLinks, List<String> settings) {
    Policy {
      settings = List.copyOf(settings);
    }
  }

  /**
   * @param refused paths that were left out because of what they are, sorted, fit for people
   */
  record Snapshot(String tree, List<String> refused) {}

  private static final int MAX_LISTING = 64 << 20;

  private final Git git;
  private final Path root;
  private final Path excludes;
  private final String base;
  private final Policy policy;
  private final Set<String> refused = new TreeSet<>();
  private final List<String> add = new ArrayList<>();
  private final List<String> remove = new ArrayList<>();
  private long bytes;

  /**
   * @param git with the mirror, the work tree and a private index
   * @param excludes ignore patterns beside the .gitignore files
   * @param base the tree that the index started from
   */
  TakeSnapshot(Git git, Path root, Path excludes, String base, Policy policy) {
    this.git = git;
    this.root = root;
    this.excludes = excludes;
    this.base = base;
    this.policy = policy;
  }

  /**
   * @param before the tree that the index holds, if that is known: it is the answer when nothing
   *     was changed since then
   */
  Snapshot take(@Nullable String before) {
    scan();
    if (before != null && add.isEmpty() && remove.isEmpty()) {
      return new Snapshot(before, shown(refused));
    }
    if (!remove.isEmpty()) {
      var _ = git.require(list(remove), command("update-index", "--force-remove", "-z", "--stdin"));
    }
    add(add);
    refuseLinks();
    return new Snapshot(git.text("write-tree"), shown(refused));
  }

  private void scan() {
    Git.Result changed = listing("diff-files", "-z", "--name-status", "--ignore-submodules=all");
    Git.Result untracked =
        listing(
            "ls-files",
            "-z",
            "--others",
            "--exclude-per-directory=.gitignore",
            "--exclude-from=" + excludes);
    if (!Ownership.root()
        && (changed.errors() + untracked.errors()).contains("Permission denied")) {
      MakeReadable.directories(root);
      changed = listing("diff-files", "-z", "--name-status", "--ignore-submodules=all");
      untracked =
          listing(
              "ls-files",
              "-z",
              "--others",
              "--exclude-per-directory=.gitignore",
              "--exclude-from=" + excludes);
    }
    String[] pairs = fields(changed);
    String[] names = fields(untracked);
    if (pairs.length / 2 + names.length > policy.maxFiles()) {
      throw new Workspace.TooLarge("more than " + policy.maxFiles() + " files were changed");
    }
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      if (pairs[i].equals("D")) {
        remove.add(pairs[i + 1]);
      } else {
        classify(pairs[i + 1], true);
      }
    }
    for (String name : names) {
      classify(name, false);
    }
  }

  private void classify(String name, boolean tracked) {
    if (name.endsWith("/")) {
      // a repository of the candidate's own; git prints nothing of what is in it
      refused.add(name);
      return;
    }
    Path path = path(name);
    if (path == null) {
      add.add(name);
      return;
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile()) {
        bytes += attributes.size();
        if (bytes > policy.maxBytes()) {
          throw new Workspace.TooLarge(
              "more than " + (policy.maxBytes() >> 20) + " MiB of files were written");
        }
        if (!Ownership.root()) {
          MakeReadable.file(path);
        }
        add.add(name);
      } else if (attributes.isSymbolicLink()) {
        add.add(name);
      } else if (tracked) {
        remove.add(name);
        if (attributes.isOther()) {
          refused.add(name);
        }
      }
    } catch (IOException e) {
      refused.add(name);
    }
  }

  /** A file that git cannot take, such as one whose encoding lies, must not take the rest along. */
  private void add(List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    Git.Result result =
        git.run(
            list(names),
            1 << 20,
            command("update-index", "--add", "--remove", "--replace", "-z", "--stdin"));
    if (result.status() == 0) {
      return;
    }
    // killed, as by a full disk, is not refused: the file would be missing in the snapshot
    if (result.noSpace()
        || result.status() > 128
        || result
            .errors()
            .matches("(?s).*(No space left|unable to write|index\\.lock|insufficient).*")) {
      throw Git.failed(result, "update-index");
    }
    if (names.size() == 1) {
      refused.add(names.getFirst());
      return;
    }
    add(names.subList(0, names.size() / 2));
    add(names.subList(names.size() / 2, names.size()));
  }

  /** Links and repositories that the base does not have could point anywhere. */
  private void refuseLinks() {
    Git.Result result =
        listing(
            "diff-index",
            "--cached",
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--ignore-submodules=none",
            base,
            "--");
    String[] fields = fields(result);
    if (fields.length / 2 > policy.maxFiles()) {
      throw new Workspace.TooLarge("more than " + policy.maxFiles() + " files were changed");
    }
    StringBuilder undo = new StringBuilder();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      String[] raw = fields[i].substring(1).split(" ", -1);
      String oldMode = raw[0];
      String newMode = raw[1];
      boolean submodule =
          newMode.equals(TreeEntry.SUBMODULE) || oldMode.equals(TreeEntry.SUBMODULE);
      boolean link = newMode.equals(TreeEntry.SYMLINK) && !policy.newLinks();
      boolean ofGit = !policy.newLinks() && isRefusedByGit(raw, fields[i + 1]);
      if (submodule || link || ofGit) {
        boolean restore =
            oldMode.equals(newMode)
                || oldMode.equals(TreeEntry.SUBMODULE)
                || (ofGit && !oldMode.equals("000000"));
        undo.append(restore ? oldMode + " " + raw[2] : "0 " + "0".repeat(raw[2].length()))
            .append('\t')
            .append(fields[i + 1])
            .append('\0');
        refused.add(fields[i + 1]);
      }
    }
    if (!undo.isEmpty()) {
      var _ =
          git.require(
              undo.toString().getBytes(StandardCharsets.ISO_8859_1),
              command("update-index", "-z", "--index-info"));
    }
  }

  /**
   * @param raw modes and ids of a changed entry
   */
  private boolean isRefusedByGit(String[] raw, String path) {
    boolean attributes = GitsOwnFiles.isAttributes(path) && raw[1].startsWith("100");
    return GitsOwnFiles.isRefused(path)
        || (attributes
            && GitsOwnFiles.areAttributesRefused(
                git.run(new byte[0], GitsOwnFiles.LARGEST, "cat-file", "blob", raw[3]).output()));
  }

  private Git.Result listing(String... args) {
    Git.Result result = git.run(new byte[0], MAX_LISTING, command(args));
    if (result.output().length > MAX_LISTING) {
      throw new Workspace.TooLarge("the names of the changed files are longer than 64 MiB");
    }
    if (result.status() != 0) {
      throw Git.failed(result, args);
    }
    return result;
  }

  private String[] command(String... args) {
    List<String> all = new ArrayList<>(policy.settings());
    all.addAll(List.of(args));
    return all.toArray(String[]::new);
  }

  private static String[] fields(Git.Result result) {
    String text = new String(result.output(), StandardCharsets.ISO_8859_1);
    return text.isEmpty() ? new String[0] : text.substring(0, text.length() - 1).split("\0", -1);
  }

  private static byte[] list(List<String> names) {
    return (String.join("\0", names) + "\0").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Null when Java cannot name this file; git can. */
  private @Nullable Path path(String name) {
    String text = new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    try {
      return text.indexOf('\uFFFD') >= 0 ? null : root.resolve(text);
    } catch (java.nio.file.InvalidPathException e) {
      return null;
    }
  }

  private static List<String> shown(Set<String> names) {
    return names.stream().map(TakeSnapshot::shown).toList();
  }

  private static String shown(String name) {
    return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .replaceAll("\\p{Cntrl}", "?");
  }
}
