package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The repository that the user named. Winnow reads objects from it and adds objects and refs, with
 * the rights of its owner, and runs nothing that its configuration names.
 *
 * @param gitDirectory of this checkout; a linked worktree has its own
 * @param commonDirectory where objects and refs are
 * @param workTree root of the checkout, or null for a bare repository
 * @param objectFormat sha1 or sha256
 * @param stop ends what git does here
 */
record UserRepository(
    Path gitDirectory,
    Path commonDirectory,
    @Nullable Path workTree,
    String objectFormat,
    Cancellation stop) {

  private static final Pattern PARTIAL =
      Pattern.compile("(?im)^\\s*(promisor|partialclone)\\s*=\\s*(?!false)");

  /** Finds the repository that holds the path. */
  static UserRepository find(Path path) {
    Path start = existing(path);
    if (start.toString().chars().anyMatch(Character::isISOControl)) {
      // git's answers are lines, and so are ours
      throw WinnowException.usage(
          "the path of the repository has a line break or another control character: rename "
              + start.toString().replaceAll("\\p{Cntrl}", "?"));
    }
    Git.Result found =
        Git.plain()
            .as(Ownership.asOwnerOf(start))
            .run(
                "-C",
                start.toString(),
                "rev-parse",
                "--path-format=absolute",
                "--git-dir",
                "--git-common-dir",
                "--show-object-format",
                "--is-bare-repository");
    List<String> lines = found.text().lines().toList();
    if (found.status() != 0 || lines.size() != 4) {
      throw found.errors().contains("not a git repository")
          ? notARepository(path, start)
          : WinnowException.usage(
              path + " cannot be used, git says: " + found.reason() + "; git status shows it too");
    }
    boolean bare = lines.get(3).equals("true");
    UserRepository repository =
        new UserRepository(
            Path.of(lines.get(0)),
            Path.of(lines.get(1)),
            bare ? null : topLevel(start),
            lines.get(2),
            Cancellation.never());
    repository.refuseBorrowedObjects();
    return repository;
  }

  private static WinnowException notARepository(Path path, Path start) {
    for (Path above = start; above != null; above = above.getParent()) {
      if (Files.exists(above.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
        return WinnowException.usage(
            above.resolve(".git")
                + " is damaged: its HEAD, objects or refs are missing or broken, or it names a"
                + " directory that is gone; restore it from a copy, or clone anew");
      }
    }
    return WinnowException.usage(
        path + " is not in a git repository; name one with --repo, or run git init there");
  }

  /** The repository that holds the path, if there is one and it has the commit. */
  static Optional<UserRepository> findWith(Path path, String commit) {
    try {
      UserRepository repository = find(path);
      return repository.present(List.of(commit)).isEmpty()
          ? Optional.empty()
          : Optional.of(repository);
    } catch (WinnowException e) {
      return Optional.empty();
    }
  }

  private static Path existing(Path path) {
    try {
      Path real = path.toRealPath();
      if (!Files.isDirectory(real)) {
        throw WinnowException.usage(path + " is not a directory; name the repository's directory");
      }
      return real;
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.USAGE, path + " does not exist or cannot be read", e);
    }
  }

  private static Path topLevel(Path start) {
    Git.Result found =
        Git.plain()
            .as(Ownership.asOwnerOf(start))
            .run("-C", start.toString(), "rev-parse", "--show-toplevel");
    Path top = Path.of(found.text().lines().findFirst().orElse("/"));
    // core.worktree can point anywhere; a checkout has its .git inside
    if (found.status() != 0 || !Files.exists(top.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
      throw WinnowException.usage(
          start + " is not inside a checkout; name the directory of the checkout itself");
    }
    return top;
  }

  private void refuseBorrowedObjects() {
    Path alternates = commonDirectory.resolve("objects/info/alternates");
    try {
      if (Files.exists(alternates) && !Files.readString(alternates).isBlank()) {
        throw WinnowException.usage(
            root()
                + " borrows objects from another repository; run git repack -a -d there and delete "
                + alternates);
      }
      if (PARTIAL.matcher(Files.readString(commonDirectory.resolve("config"))).find()) {
        throw WinnowException.usage(
            root()
                + " is a partial clone; run git fetch --refetch --no-filter and unset the filter");
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot read " + commonDirectory, e);
    }
  }

  /** Root of the checkout, or the bare repository itself. */
  Path root() {
    return workTree == null ? gitDirectory : workTree;
  }

  /** Git on this repository, with the rights of its owner. */
  Git git() {
    return Git.plain().at(gitDirectory).as(Ownership.asOwnerOf(commonDirectory)).until(stop);
  }

  /** The same, whose git ends with the work that it is part of. */
  UserRepository until(Cancellation cancellation) {
    return new UserRepository(gitDirectory, commonDirectory, workTree, objectFormat, cancellation);
  }

  /** The commit that a revision names. */
  String resolve(String revision) {
    if (revision.isBlank()
        || revision.startsWith("-")
        || revision.length() > 1000
        || revision.chars().anyMatch(c -> c < ' ' || c == 127)) {
      throw WinnowException.usage(
          "'" + shown(revision) + "' is not a revision; give a branch, a tag or a commit");
    }
    Git.Result found =
        git().run("rev-parse", "--verify", "--end-of-options", revision + "^{commit}");
    if (found.errors().contains("is ambiguous")) {
      throw WinnowException.usage(
          "'" + revision + "' is ambiguous; write it in full, such as refs/heads/" + revision);
    }
    if (found.status() == 0) {
      return found.text().strip().lines().toList().getLast();
    }
    boolean head = revision.equals("HEAD");
    if (head && isUnborn()) {
      throw WinnowException.usage(
          root()
              + " has no commit yet; make a first commit"
              + (Files.exists(gitDirectory.resolve("logs/HEAD"))
                  ? ", or name another --base: its branch is gone or new, and git reflog shows where"
                      + " HEAD was"
                  : ""));
    }
    // an id in full resolves to itself, whether there is such an object or not
    Git.Result named = git().run("rev-parse", "--verify", "--end-of-options", revision);
    String id = named.text().strip();
    boolean lost =
        named.status() == 0
            && !id.equals(revision)
            && git().run("cat-file", "-t", id).status() != 0;
    if (head || lost) {
      throw damaged("'" + revision + "' leads to no commit that git can read");
    }
    throw WinnowException.usage("'" + revision + "' is not a commit in " + root());
  }

  /** Whether HEAD names a branch that does not exist, as before the first commit. */
  private boolean isUnborn() {
    String branch = git().run("symbolic-ref", "--quiet", "HEAD").text().strip();
    return !branch.isEmpty()
        && git().run("rev-parse", "--verify", "--quiet", "HEAD").status() != 0
        && !Files.exists(commonDirectory.resolve(branch), LinkOption.NOFOLLOW_LINKS);
  }

  /** Work that only reads here: what git cannot read is damaged, and its owner has to mend it. */
  <T> T reading(Supplier<T> work) {
    try {
      return work.get();
    } catch (WinnowException e) {
      if (e.getCause() instanceof Git.Failure failure && !failure.noSpace()) {
        throw damaged(failure.getMessage());
      }
      throw e;
    }
  }

  private WinnowException damaged(@Nullable String reason) {
    return WinnowException.usage(
        root()
            + " is damaged ("
            + reason
            + "); git fsck there shows what is missing: restore it from a copy, or clone anew");
  }

  /** Which of these objects the repository has. */
  List<String> present(List<String> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    byte[] input = String.join("\n", ids).concat("\n").getBytes(StandardCharsets.UTF_8);
    return reading(
            () -> git().require(input, "cat-file", "--batch-check=%(objectname) %(objecttype)"))
        .text()
        .lines()
        .filter(line -> !line.endsWith(" missing"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
  }
}
