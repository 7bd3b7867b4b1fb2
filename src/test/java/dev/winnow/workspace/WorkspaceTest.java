package dev.winnow.workspace;

import static dev.winnow.workspace.TestRepository.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {

  @TempDir Path temp;
  private TestRepository repository;
  private Mirror mirror;
  private String base;

  @BeforeEach
  void createRepository() {
    repository = TestRepository.empty(temp.resolve("repo"));
    repository.write("a.txt", "a\n").write("src/b.txt", "b\n").write("ä ö.txt", "u\n");
    sh(repository.root(), "printf 'x' > run.sh; chmod +x run.sh; ln -s a.txt link");
    repository.commit("base");
    mirror = Mirror.open(temp.resolve("data"), repository.root());
    base = mirror.treeOf(mirror.pin("HEAD"));
  }

  private Workspace checkout(String name, String... ignore) {
    return mirror.checkout(base, temp.resolve(name), OwnerOnly.SAME_USER, List.of(ignore));
  }

  @Test
  void theCheckoutHasTheFilesAndNoGitDirectory() throws IOException {
    try (Workspace workspace = checkout("w")) {
      assertThat(sh(workspace.root(), "find . | sort | tr '\\n' ' '"))
          .isEqualTo(". ./a.txt ./link ./run.sh ./src ./src/b.txt ./ä ö.txt");
      assertThat(Files.isExecutable(workspace.root().resolve("run.sh"))).isTrue();
      assertThat(Files.readSymbolicLink(workspace.root().resolve("link"))).hasToString("a.txt");
      assertThat(workspace.snapshot()).isEqualTo(base);
      assertThat(workspace.refused()).isEmpty();
    }
    assertThat(sh(temp, "ls")).isEqualTo("data\nrepo");
    assertThat(sh(temp.resolve("data"), "find . -name 'index*' -o -name 'excludes*'")).isEmpty();
  }

  @Test
  void theSnapshotHoldsWhatChangedAndLeavesBuildOutputsOut() {
    try (Workspace workspace = checkout("w", "target/", "*.log")) {
      sh(
          workspace.root(),
          "echo c > a.txt; rm src/b.txt; mkdir -p n target; echo n > n/n; echo t > target/t; echo l > x.log; chmod -x run.sh");
      String tree = workspace.snapshot();
      assertThat(mirror.changes(base, tree))
          .extracting(FileChange::kind, FileChange::path)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(FileChange.Kind.MODIFIED, "a.txt"),
              org.assertj.core.groups.Tuple.tuple(FileChange.Kind.ADDED, "n/n"),
              org.assertj.core.groups.Tuple.tuple(FileChange.Kind.MODIFIED, "run.sh"),
              org.assertj.core.groups.Tuple.tuple(FileChange.Kind.DELETED, "src/b.txt"));
      sh(workspace.root(), "echo d > a.txt; echo b > src/b.txt; rm -r n; chmod +x run.sh");
      assertThat(mirror.changes(base, workspace.snapshot()))
          .extracting(FileChange::path)
          .containsExactly("a.txt");
    }
  }

  @Test
  void filesBelongToTheSandboxUserFromTheStart() throws IOException {
    assumeTrue(Ownership.root(), "only root can give files away");
    OwnerOnly other = new OwnerOnly(OptionalInt.of(61234));
    try (Workspace workspace = mirror.checkout(base, temp.resolve("w"), other, List.of())) {
      assertThat(sh(workspace.root(), "find . ! -uid 61234 -o ! -gid 61234")).isEmpty();
      assertThat(workspace.snapshot()).isEqualTo(base);
    }
  }

  @Test
  void newLinksRepositoriesAndSpecialFilesAreRefused() {
    try (Workspace workspace = checkout("w")) {
      sh(
          workspace.root(),
          """
          ln -s /etc/passwd evil; ln -sf /etc/shadow link; mkfifo pipe; rm a.txt; mkfifo a.txt
          rm -r src; ln -s /etc src
          git init -q nested; cd nested; git -c user.name=x -c user.email=x commit -q --allow-empty -m x
          """);
      String tree = workspace.snapshot();
      assertThat(workspace.refused()).containsExactly("a.txt", "evil", "link", "nested/", "src");
      assertThat(mirror.files(tree).keySet()).containsExactly("link", "run.sh", "ä ö.txt");
      assertThat(mirror.files(tree).get("link")).isEqualTo(mirror.files(base).get("link"));
    }
  }

  /** Git refuses to receive them, which would end the run of all candidates. */
  @Test
  void filesThatGitItselfReadsAndRefusesAreLeftOut() {
    try (Workspace workspace = checkout("w")) {
      sh(
          workspace.root(),
          """
          printf '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n' > .gitmodules
          mkdir -p src/in; cp .gitmodules src/in/.GITMODULES; cp .gitmodules src/GITMOD~1
          cp .gitmodules "src/$(printf '.gitm\\342\\200\\214odules')"
          printf '%3000s\n' 'a text' > src/in/.gitattributes
          echo '*.txt text' > .gitattributes; echo '*.log' > src/in/.gitignore; mkdir .github; echo 1 > .github/x
          """);
      String tree = workspace.snapshot();
      assertThat(workspace.refused())
          .containsExactlyInAnyOrder(
              ".gitmodules",
              "src/.gitm\u200codules",
              "src/GITMOD~1",
              "src/in/.GITMODULES",
              "src/in/.gitattributes");
      assertThat(mirror.changes(base, tree))
          .extracting(FileChange::path)
          .containsExactlyInAnyOrder(".gitattributes", ".github/x", "src/in/.gitignore");
    }
  }

  @Test
  void nothingThatACandidatePlantsIsRunBySnapshots() {
    Path marker = temp.resolve("marker");
    try (Workspace workspace = checkout("w")) {
      String evil = "sh -c 'touch " + marker + "; cat'";
      sh(
          workspace.root(),
          """
          git init -q . ; git init -q src ; git init -q nested
          for d in . src nested; do
            git -C $d config core.fsmonitor "%1$s"; git -C $d config filter.evil.clean "%1$s"
            git -C $d config filter.evil.process "%1$s"; git -C $d config diff.external "%1$s"
            git -C $d config diff.evil.textconv "%1$s"
            mkdir -p $d/.git/hooks; printf '#!/bin/sh\\ntouch %2$s' > $d/.git/hooks/post-index-change
            chmod +x $d/.git/hooks/*
          done
          echo '* filter=evil diff=evil merge=evil' > .gitattributes
          echo changed > src/b.txt; echo new > src/new
          rm -rf link; printf 'gitdir: nested/.git' > link
          """
              .formatted(evil, marker));
      String tree = workspace.snapshot();
      assertThat(mirror.files(tree).keySet()).contains("src/new", ".gitattributes");
      assertThat(mirror.files(tree).keySet()).noneMatch(name -> name.contains(".git/"));
      assertThat(mirror.diff(base, tree, List.of(), 1 << 20)).contains("+changed");
      assertThat(marker).doesNotExist();
    }
  }

  @Test
  void anEncodingThatLiesCostsOnlyItsOwnFile() {
    try (Workspace workspace = checkout("w")) {
      sh(
          workspace.root(),
          "echo 'bad working-tree-encoding=UTF-16' > .gitattributes; printf 'abc' > bad; echo ok > good");
      assertThat(mirror.files(workspace.snapshot()).keySet()).contains("good");
      assertThat(workspace.refused()).containsExactly("bad");
    }
  }

  @Test
  void namesWithNewlinesAndOtherBytesAreKept() {
    try (Workspace workspace = checkout("w")) {
      sh(workspace.root(), "echo 1 > \"$(printf 'a\\nb')\"; echo 2 > \"$(printf 'l\\344')\"");
      assertThat(mirror.files(workspace.snapshot()).keySet()).contains("a\nb", "l\uFFFD");
    }
  }

  @Test
  void tooManyFilesAreRefusedAsTooLarge() {
    try (Workspace workspace = checkout("w")) {
      sh(workspace.root(), "mkdir many; cd many; seq 50001 | xargs touch");
      assertThatThrownBy(workspace::snapshot)
          .isInstanceOf(Workspace.TooLarge.class)
          .hasMessageContaining("50000 files");
      sh(workspace.root(), "rm -r many; truncate -s 2G large");
      assertThatThrownBy(workspace::snapshot)
          .isInstanceOf(Workspace.TooLarge.class)
          .hasMessageContaining("512 MiB");
      sh(workspace.root(), "rm large");
      assertThat(workspace.snapshot()).isEqualTo(base);
    }
  }

  @Test
  void aChangeOfTheSameSizeAndTimeIsSeen() {
    try (Workspace workspace = checkout("w")) {
      sh(workspace.root(), "touch -r a.txt t; printf 'z\\n' > a.txt; touch -r t a.txt; rm t");
      assertThat(mirror.changes(base, workspace.snapshot()))
          .extracting(FileChange::path)
          .containsExactly("a.txt");
    }
  }

  @Test
  void closingDeletesWhateverIsThere() throws IOException {
    Path outside = Files.writeString(temp.resolve("outside"), "kept");
    Workspace workspace = checkout("w");
    sh(
        workspace.root(),
        """
        ln -s ../outside out; ln -s .. up; mkdir closed; touch closed/x; chmod 000 closed
        touch "$(printf 'new\\nline')" "$(printf 'bad\\377')"; mkfifo pipe
        python3 - <<'P'
        import os
        for i in range(5000):
            os.mkdir('d'); os.chdir('d')
        P
        """);
    workspace.close();
    assertThat(outside).hasContent("kept");
    assertThat(sh(temp, "ls")).isEqualTo("data\noutside\nrepo");
  }

  @Test
  void theSweepTakesOnlyWorkspacesOfDeadProcesses() throws IOException {
    try (Workspace alive = checkout("alive")) {
      Path dead = Files.createDirectories(temp.resolve("dead/d")).getParent();
      Files.createFile(temp.resolve("dead.lock"));
      Files.createDirectories(temp.resolve("dead.staging/x"));
      Files.createDirectories(temp.resolve("dead.deleting-1/0/y"));
      assertThat(Workspace.sweep(temp)).isEqualTo(1);
      assertThat(dead).doesNotExist();
      assertThat(alive.root()).exists();
      assertThat(sh(temp, "ls")).isEqualTo("alive\nalive.lock\ndata\nrepo");
    }
  }

  @Test
  void sweepsAtTheSameTimeDoNotDisturbEachOther() throws Exception {
    Path work = Files.createDirectory(temp.resolve("work"));
    for (int i = 0; i < 100; i++) {
      Files.createDirectories(work.resolve("dead-" + i + "/d"));
      Files.createFile(work.resolve("dead-" + i + ".lock"));
    }
    int swept = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> sweep :
          executor.invokeAll(
              Collections.<Callable<Integer>>nCopies(4, () -> Workspace.sweep(work)))) {
        swept += sweep.get();
      }
    }
    assertThat(swept).isEqualTo(100);
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatExistsIsNotTouched() throws IOException {
    Path taken = Files.createDirectory(temp.resolve("w"));
    Files.writeString(taken.resolve("mine"), "mine");
    assertThatThrownBy(() -> checkout("w")).hasMessageContaining("exists already");
    assertThat(taken.resolve("mine")).exists();
    assertThat(temp.resolve("w.lock")).doesNotExist();
  }

  @Test
  void submodulesStayEmptyAndKept() throws IOException {
    TestRepository inner = TestRepository.of(temp.resolve("inner"), Map.of("i", "i"));
    repository.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        inner.root().toString(),
        "sub");
    repository.commit("with submodule");
    String tree = mirror.treeOf(mirror.pin("HEAD"));
    try (Workspace workspace =
        mirror.checkout(tree, temp.resolve("w"), OwnerOnly.SAME_USER, List.of())) {
      assertThat(workspace.root().resolve("sub")).isEmptyDirectory();
      assertThat(workspace.snapshot()).isEqualTo(tree);
      sh(workspace.root(), "git init -q sub; touch sub/x");
      assertThat(workspace.snapshot()).isEqualTo(tree);
      sh(workspace.root(), "rm -r sub; echo file > sub");
      assertThat(workspace.snapshot()).isEqualTo(tree);
    }
  }
}
