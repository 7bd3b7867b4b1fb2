package dev.winnow.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.workspace.FullDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PassingTest {

  @Test
  void aFullDiskMayPassWhoeverSaysSo() {
    assertThat(
            Passing.mayPass(
                WinnowException.infrastructure(
                    "cannot create the workspace /w", new IOException("No space left on device"))))
        .isTrue();
    assertThat(
            Passing.mayPass(
                WinnowException.infrastructure(
                    "git write-tree: unable to write file: No space left on device", null)))
        .isTrue();
    assertThat(
            Passing.mayPass(
                WinnowException.infrastructure(
                    "The disk of the database is full: free some space for the server.", null)))
        .isTrue();
  }

  @Test
  void whatWinnowSaysOfAFullDiskItself() {
    assertThat(
            Passing.mayPass(
                WinnowException.infrastructure(
                    "git write-tree could not write into Winnow's data directory (unable to write)",
                    null)))
        .isTrue();
    Path nowhere = Path.of("/proc/self/fdinfo");
    assertThatThrownBy(() -> FullDisk.check(nowhere)).matches(Passing::mayPass);
  }

  @Test
  void aBaseThatCannotBeTestedDoesNotGetBetterByWaiting() {
    assertThat(
            Passing.mayPass(
                WinnowException.infrastructure(
                    "The base's tests could not be run: no pytest", null)))
        .isFalse();
  }
}
