package dev.winnow.workspace;

import static dev.winnow.workspace.TestRepository.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorTest {

  @TempDir Path temp;
  private TestRepository repository;
  private Path data;

  @BeforeEach
  void createRepository() {
    repository =
        TestRepository.of(temp.resolve("repo"), Map.of("a.txt", "a\n", "d/b.txt", "1\n2\n3\n"));
    data = temp.resolve("data");
  }

  private Mirror open() {
    return Mirror.open(data, repository.root());
  }

  private static void refusedAsUsage(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            WinnowException.class,
            e -> assertThat(e.category()).isEqualTo(WinnowException.Category.USAGE))
        .hasMessageContainingAll(parts)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void findsTheRepositoryFromEveryKindOfDirectory() {
    String head = repository.git("rev-parse", "HEAD");
    repository.git("worktree", "add", "-q", "--detach", "../linked");
    sh(temp, "git clone -q --bare repo bare.git");
    repository.git("checkout", "-q", "--detach");
    for (String place : List.of("repo", "repo/d", "linked", "bare.git")) {
      Mirror mirror = Mirror.open(data, temp.resolve(place));
      assertThat(mirror.pin("HEAD")).as(place).isEqualTo(head);
      assertThat(mirror.repository()).isEqualTo(temp.resolve(place.replace("/d", "")));
    }
    assertThat(sh(data.resolve("mirrors"), "ls -d *.git | wc -l")).isEqualTo("2");
  }

  @Test
  void aSubmoduleCheckoutIsARepositoryOfItsOwn() {
    TestRepository outer = TestRepository.of(temp.resolve("outer"), Map.of("o", "o"));
    outer.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        repository.root().toString(),
        "sub");
    Mirror mirror = Mirror.open(data, outer.root().resolve("sub/d"));
    assertThat(mirror.repository()).isEqualTo(outer.root().resolve("sub"));
    assertThat(mirror.pin("HEAD")).isEqualTo(repository.git("rev-parse", "HEAD"));
  }

  @Test
  void whatCannotBeUsedIsSaidInOneLine() throws IOException {
    refusedAsUsage(() -> Mirror.open(data, temp.resolve("missing")), "missing does not exist");
    refusedAsUsage(() -> Mirror.open(data, repository.root().resolve("a.txt")), "not a directory");
    Path plain = Files.createDirectory(temp.resolve("plain"));
    refusedAsUsage(() -> Mirror.open(data, plain), "not in a git repository");
    refusedAsUsage(() -> Mirror.open(data, repository.root().resolve(".git")), "checkout");
    Mirror empty = Mirror.open(data, TestRepository.empty(temp.resolve("empty")).root());
    refusedAsUsage(() -> empty.pin("HEAD"), "no commit yet");
    Mirror mirror = open();
    refusedAsUsage(() -> mirror.pin("nothing"), "'nothing' is not a commit");
    refusedAsUsage(() -> mirror.pin("HEAD:a.txt"), "is not a commit");
    refusedAsUsage(() -> mirror.pin(""), "is not a revision");
    refusedAsUsage(() -> mirror.pin("--output=" + temp.resolve("owned")), "is not a revision");
    refusedAsUsage(() -> mirror.pin("a\nb"), "is not a revision");
    assertThat(temp.resolve("owned")).doesNotExist();
    repository.git("tag", "twice");
    repository.git("branch", "twice");
    refusedAsUsage(() -> mirror.pin("twice"), "ambiguous", "refs/heads/twice");
    sh(temp, "git clone -q --shared repo borrower");
    refusedAsUsage(() -> Mirror.open(data, temp.resolve("borrower")), "borrows objects");
  }

  @Test
  void aDamagedRepositoryIsSaidInOneLineThatSaysWhatToDo() throws IOException {
    Path git = repository.root().resolve(".git");
    Path branch = git.resolve(repository.git("symbolic-ref", "HEAD"));
    repository.git("tag", "kept");
    for (String lost : List.of("HEAD:a.txt", "HEAD^{tree}", "HEAD")) {
      String id = repository.git("rev-parse", lost);
      Files.delete(git.resolve("objects/" + id.substring(0, 2) + "/" + id.substring(2)));
      refusedAsUsage(() -> open().pin("HEAD"), "is damaged", "git fsck", "clone anew");
    }
    refusedAsUsage(() -> open().pin("kept"), "is damaged", "git fsck");
    Files.writeString(branch, "rubbish");
    refusedAsUsage(() -> open().pin("HEAD"), "is damaged", "git fsck");
    Files.delete(branch);
    refusedAsUsage(() -> open().pin("HEAD"), "no commit yet", "git reflog");
    Files.writeString(git.resolve("HEAD"), "rubbish");
    refusedAsUsage(this::open, ".git is damaged", "clone anew");
  }

  @Test
  void aPackLargerThanTheLimitIsRefused() {
    // more than fits into the pipe: the writer is still writing when the reader has had enough
    StringBuilder noise = new StringBuilder();
    new java.util.Random(1).ints(200_000, ' ', '~').forEach(noise::appendCodePoint);
    repository.write("large", noise.toString()).commit("large");
    Mirror small = Mirror.open(data, repository.root(), new LimitTree(10, 1 << 20, 100));
    refusedAsUsage(() -> small.pin("HEAD"), "cannot be read safely");
    assertThat(open().pin("HEAD")).hasSize(40);
  }

  @Test
  void aTreeThatExpandsToMillionsOfPathsIsRefusedBeforeItIsListed() {
    repository.bomb(10, 7);
    refusedAsUsage(
        () -> open().pin("HEAD"), "is too large for Winnow", "200,000 files and directories");
    repository.git("reset", "-q", "--soft", "HEAD~1");
    assertThat(open().pin("HEAD")).hasSize(40);
  }

  @Test
  void filesLargerThanAWorkspaceAreRefusedBeforeTheyAreCopied() {
    repository.write("large", "x".repeat(1001)).commit("large");
    Mirror small = Mirror.open(data, repository.root(), new LimitTree(10, 1000, 1 << 20));
    refusedAsUsage(() -> small.pin("HEAD"), "has more than 0 MiB of files");
  }

  @Test
  void gitEndsWithTheWorkThatItIsPartOf() {
    Cancellation stop = new Cancellation();
    Mirror mirror = open().until(stop);
    String commit = mirror.pin("HEAD");
    stop.cancel("the time is over");
    assertThatThrownBy(() -> mirror.treeOf(commit))
        .isInstanceOf(Cancellation.Cancelled.class)
        .hasMessage("the time is over");
    assertThat(open().treeOf(commit)).hasSize(40);
  }

  @Test
  void shallowAndSha256RepositoriesWork() {
    repository.write("a.txt", "b\n").commit("second");
    sh(temp, "git clone -q --depth 1 file://$PWD/repo shallow");
    Mirror mirror = Mirror.open(data, temp.resolve("shallow"));
    assertThat(mirror.files(mirror.treeOf(mirror.pin("HEAD"))))
        .containsOnlyKeys("a.txt", "d/b.txt");
    sh(temp, "git init -q --object-format=sha256 long");
    TestRepository sha256 = new TestRepository(temp.resolve("long"));
    sha256.write("f", "f").commit("c");
    Mirror second = Mirror.open(data, sha256.root());
    String base = second.pin("HEAD");
    assertThat(base).hasSize(64);
    String tree = second.compose(second.treeOf(base), Set.of("f"), second.treeOf(base), Set.of());
    assertThat(second.deliver("winnow/x", second.commit(tree, base, "m"))).isEqualTo("winnow/x");
    assertThat(sha256.git("ls-tree", "winnow/x")).isEmpty();
  }

  @Test
  void openingAndPinningAtTheSameTimeGivesOneWholeMirror() {
    List<Integer> eight = List.of(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(Fork.each(eight, Cancellation.never(), _ -> _ -> open().treeOf(open().pin("HEAD"))))
        .containsOnly(repository.git("rev-parse", "HEAD^{tree}"));
    assertThat(
            sh(
                data.resolve("mirrors"),
                "git --git-dir=$(ls -d *.git) fsck 2>&1 | grep -v ^notice || true"))
        .isEmpty();
  }

  @Test
  void aMirrorThatWasCutOffWhileItWasMadeIsMadeAgain() throws IOException {
    open();
    String name = sh(data.resolve("mirrors"), "ls -d *.git");
    sh(data.resolve("mirrors"), "mv " + name + " " + name + ".new; rm " + name + ".new/config");
    Mirror mirror = open();
    assertThat(mirror.treeOf(mirror.pin("HEAD"))).isNotEmpty();
    assertThat(data.resolve("mirrors").resolve(name + ".new")).doesNotExist();
  }

  @Test
  void laterCommitsAreBroughtToTheSameMirror() {
    Mirror mirror = open();
    String first = mirror.pin("HEAD");
    repository.write("a.txt", "c\n").commit("x");
    repository.write("new", "n\n").commit("y");
    String third = mirror.pin("main");
    assertThat(mirror.changes(mirror.treeOf(first), mirror.treeOf(third)))
        .extracting(FileChange::path)
        .containsExactly("a.txt", "new");
    assertThat(mirror.read(mirror.treeOf(third), "d/b.txt", 100)).isPresent();
  }

  @Test
  void uncommittedWorkIsTakenInWithoutTouchingTheCheckout() {
    Mirror mirror = open();
    String base = mirror.pin("HEAD");
    assertThat(mirror.uncommitted()).isEmpty();
    assertThat(mirror.pinUncommitted(base)).isEqualTo(base);
    repository.write(".gitignore", "out/\n").write("out/x", "x").write("new.txt", "n\n");
    repository.write("a.txt", "staged\n").git("add", "a.txt");
    repository.write("d/b.txt", "changed\n");
    sh(
        repository.root(),
        "ln -s a.txt link; git config filter.evil.clean 'touch MARK; cat'; echo '* filter=evil' >"
            + " .git/info/attributes; git init -q nested; git config core.fsmonitor 'touch MARK2'");
    String before = sh(repository.root(), "cat .git/index .git/HEAD | sha256sum; ls -a .git");
    assertThat(mirror.uncommitted())
        .containsExactly(".gitignore", "a.txt", "d/b.txt", "link", "new.txt");
    String commit = mirror.pinUncommitted(base);
    String tree = mirror.treeOf(commit);
    assertThat(text(mirror, tree, "a.txt")).isEqualTo("staged\n");
    assertThat(text(mirror, tree, "d/b.txt")).isEqualTo("changed\n");
    assertThat(mirror.files(tree)).doesNotContainKey("out/x");
    assertThat(sh(repository.root(), "cat .git/index .git/HEAD | sha256sum; ls -a .git"))
        .isEqualTo(before);
    assertThat(repository.root().resolve("MARK")).doesNotExist();
    assertThat(repository.root().resolve("MARK2")).doesNotExist();
  }

  private static String text(Mirror mirror, String tree, String path) {
    return new String(mirror.read(tree, path, 1000).orElseThrow(), StandardCharsets.UTF_8);
  }

  @Test
  void treesAreComposedComparedAndShown() {
    Mirror mirror = open();
    String base = mirror.treeOf(mirror.pin("HEAD"));
    repository.write("a.txt", "A\n").write("n/é.txt", "n\n").write("bin", "\0\1").commit("x");
    String next = mirror.treeOf(mirror.pin("HEAD"));
    String mixed = mirror.compose(base, Set.of("d/b.txt"), next, Set.of("n/é.txt", "absent"));
    assertThat(mirror.files(mixed)).containsOnlyKeys("a.txt", "n/é.txt");
    assertThat(mirror.changes(base, next))
        .containsExactly(
            new FileChange(FileChange.Kind.MODIFIED, "a.txt", "100644", "100644", 1, 1, false),
            new FileChange(FileChange.Kind.ADDED, "bin", "000000", "100644", 0, 0, true),
            new FileChange(FileChange.Kind.ADDED, "n/é.txt", "000000", "100644", 1, 0, false));
    assertThat(mirror.diff(base, next, List.of("a.txt"), 10_000))
        .contains("-a\n+A")
        .doesNotContain("é");
    assertThat(mirror.diff(base, next, List.of(), 10_000)).contains("b/n/é.txt");
    assertThat(mirror.diff(base, next, List.of(), 50)).endsWith("(diff cut at 50 bytes)\n");
    assertThat(mirror.read(base, "a.txt", 1)).isEmpty();
    assertThat(mirror.read(base, "d", 100)).isEmpty();
    assertThat(mirror.read(base, "none\nsuch", 100)).isEmpty();
  }

  @Test
  void theWinnerBecomesOneNewBranchAndNothingElseChanges() throws IOException {
    Mirror mirror = open();
    String base = mirror.pin("HEAD");
    String tree = mirror.compose(mirror.treeOf(base), Set.of("a.txt"), base, Set.of());
    String commit = mirror.commit(tree, base, "Change\n\nbody", Instant.EPOCH);
    assertThat(mirror.commit(tree, base, "Change\n\nbody", Instant.EPOCH)).isEqualTo(commit);
    Path marker = temp.resolve("marker");
    for (String hook : List.of("reference-transaction", "post-receive", "update", "pre-receive")) {
      repository.write(".git/hooks/" + hook, "#!/bin/sh\ntouch " + marker + "\n");
      sh(repository.root(), "chmod +x .git/hooks/" + hook);
    }
    String before = sh(repository.root(), "cat .git/HEAD .git/index | sha256sum; ls -a .git");
    assertThat(mirror.deliver("winnow/fix", commit)).isEqualTo("winnow/fix");
    // after a crash the same commit is delivered again, and found; another one gets another name
    assertThat(mirror.deliver("winnow/fix", commit)).isEqualTo("winnow/fix");
    String other = mirror.commit(tree, base, "Other", Instant.EPOCH);
    assertThat(mirror.deliver("winnow/fix", other)).isEqualTo("winnow/fix-2");
    assertThat(mirror.deliver("winnow/fix", other)).isEqualTo("winnow/fix-2");
    mirror.keep("run-1/c1", commit);
    assertThat(marker).doesNotExist();
    assertThat(sh(repository.root(), "cat .git/HEAD .git/index | sha256sum; ls -a .git"))
        .isEqualTo(before);
    sh(repository.root(), "rm .git/hooks/*");
    assertThat(repository.git("log", "-1", "--format=%an <%ae> %s %P", "winnow/fix"))
        .isEqualTo("Winnow <winnow@localhost> Change " + base);
    assertThat(repository.git("for-each-ref", "refs/winnow")).isEmpty();
    assertThat(repository.git("fsck")).isEmpty();
    for (String bad : List.of("-x", "a..b", "HEAD", "a b", "", "x\ny", "a/", "@{-1}")) {
      refusedAsUsage(() -> mirror.deliver(bad, commit), "name");
    }
    repository.git("branch", "busy");
    assertThat(mirror.deliver("busy/x", commit)).isEqualTo("busy-x");
  }

  /** As a node does that was frozen in the middle, and the one that took its run over. */
  @Test
  void theSameCommitDeliveredAtTheSameTimeIsOneBranch() {
    Mirror mirror = open();
    String base = mirror.pin("HEAD");
    String commit = mirror.commit(mirror.treeOf(base), base, "Change", Instant.EPOCH);
    List<String> names =
        Fork.each(
            List.of(1, 2, 3, 4),
            Cancellation.never(),
            one -> stop -> mirror.deliver("winnow/fix", commit));
    assertThat(names).containsOnly("winnow/fix");
    assertThat(repository.git("for-each-ref", "--format=%(refname)", "refs/heads/winnow"))
        .isEqualTo("refs/heads/winnow/fix");
  }

  @Test
  void aHostileConfigurationOfTheRepositoryRunsNothing() {
    Path marker = temp.resolve("marker");
    sh(
        repository.root(),
        """
        for key in core.fsmonitor core.sshCommand core.gitProxy core.askPass core.editor diff.external \
          filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.textconv merge.evil.driver \
          uploadpack.packObjectsHook credential.helper core.alternateRefsCommand gpg.program \
          remote.origin.uploadpack core.pager; do git config $key 'touch %s;'; done
        git config protocol.ext.allow always; git config commit.gpgSign true
        git config url.ext::sh.insteadOf /
        echo '* filter=evil diff=evil merge=evil' > .git/info/attributes
        """
            .formatted(marker));
    Mirror mirror = open();
    String base = mirror.pin("HEAD");
    repository.write("a.txt", "dirty");
    assertThat(mirror.uncommitted()).containsExactly("a.txt");
    String commit = mirror.commit(mirror.treeOf(base), base, "m");
    mirror.deliver("b", commit);
    assertThat(marker).doesNotExist();
  }

  @Test
  void aTreeWithAGitDirectoryInItIsRefused() {
    String blob = sh(repository.root(), "echo evil | git hash-object -w --stdin");
    for (String name : List.of(".git", ".GIT", "git~1", "..")) {
      String commit =
          sh(
              repository.root(),
              "t=$(printf '100644 blob %s\\t%s\\n' | git mktree); git -c user.name=x -c user.email=x commit-tree -m x $t"
                  .formatted(blob, name));
      Mirror mirror = open();
      refusedAsUsage(() -> mirror.pin(commit), "cannot be read safely");
    }
  }

  @Test
  void aRepositoryOfAnotherUserIsUsedWithItsOwnersRights() {
    assumeTrue(Ownership.root(), "only root can give files away");
    sh(temp, "chown -R 61234:61234 repo");
    Mirror mirror = open();
    String base = mirror.pin("HEAD");
    mirror.deliver("winnow/x", mirror.commit(mirror.treeOf(base), base, "m"));
    assertThat(sh(temp, "find repo ! -uid 61234")).isEmpty();
  }

  @Test
  void manyBlobsAreReadAtOnce() {
    repository.write("empty", "").write("large", "x".repeat(100)).write("bytes", "a\nblob\n\n");
    repository.commit("more");
    Mirror mirror = open();
    Map<String, String> files = mirror.files(mirror.treeOf(mirror.pin("HEAD")));
    Map<String, byte[]> contents = mirror.blobs(files.values(), 50);
    assertThat(contents).hasSize(4).doesNotContainKey(files.get("large"));
    assertThat(contents.get(files.get("empty"))).isEmpty();
    assertThat(contents.get(files.get("bytes"))).asString().isEqualTo("a\nblob\n\n");
    assertThat(contents.get(files.get("d/b.txt"))).asString().isEqualTo("1\n2\n3\n");
    assertThat(mirror.blobs(List.of("0".repeat(40)), 50)).isEmpty();
    assertThat(mirror.blobs(List.of(), 50)).isEmpty();
  }
}
