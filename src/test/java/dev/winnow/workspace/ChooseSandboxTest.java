package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.workspace.ChooseSandbox.Preference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChooseSandboxTest {

  @Test
  void strongestSandboxIsProvenByAttackingIt() {
    assertThat(TestSandboxes.report().proven()).isTrue();
    assertThat(TestSandboxes.report().probes())
        .extracting(SandboxReport.Probe::name)
        .contains("read-secret", "write-outside", "foreign-environment", "network");
  }

  @Test
  void reducedTierIsNamedAsSuch() {
    var chosen = ChooseSandbox.examine(Preference.LANDLOCK, TestSandboxes.data());
    assertThat(chosen.report().tier().label()).contains("reduced");
    assertThat(chosen.report().proven()).isTrue();
  }

  @Test
  void noSandboxOnlyWhenTheOperatorAskedForIt() {
    var chosen = ChooseSandbox.examine(Preference.NONE, TestSandboxes.data());
    assertThat(chosen.report().notes()).singleElement().asString().contains("sandbox: none");
    assertThat(chosen.report().proven()).isFalse();
  }

  @Test
  void proofFindsOutThatThereAreNoWalls() {
    var probes = ProveSandbox.prove(new NoSandbox(), TestSandboxes.data());
    assertThat(probes)
        .filteredOn(probe -> !probe.held())
        .extracting(SandboxReport.Probe::name)
        .contains("read-secret", "write-outside", "network")
        .doesNotContain("runs-commands", "daemon-survives");
  }

  @Test
  void dataDirectoryThatTheCommandsUserCannotPassIsRefusedWithTheRemedy(@TempDir Path directory)
      throws Exception {
    if (Slot.of(directory).isEmpty()) {
      return; // only root gives commands another user
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    assertThatThrownBy(() -> ChooseSandbox.choose(Preference.AUTO, directory.resolve("data")))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("chmod o+x " + directory);
  }

  @Test
  void proofLeavesNothingBehind() throws Exception {
    // other classes prove their sandboxes in the shared directory at the same time
    Path own = TestSandboxes.newDirectory("choose-");
    ChooseSandbox.examine(Preference.AUTO, own);
    try (var entries = Files.list(own.resolve("sandbox"))) {
      assertThat(entries).isNotEmpty().noneMatch(path -> path.toString().contains("proof-"));
    }
  }

  @Test
  void filesThatAStartingSandboxMayBeBindingAreLeftWhenTheyAreRight(@TempDir Path directory)
      throws Exception {
    Path file = SandboxFiles.in(directory).get("nsswitch.conf");
    String right = Files.readString(file);
    Object made = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    SandboxFiles _ = SandboxFiles.in(directory);
    assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey()).isEqualTo(made);
    Files.writeString(file, "passwd: elsewhere");
    SandboxFiles _ = SandboxFiles.in(directory);
    assertThat(file).hasContent(right);
  }
}
