package dev.winnow.agent.cli;

import dev.winnow.agent.Driver;
import dev.winnow.workspace.TestSandboxes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a script that behaves like one of the programs, and does what a test wants. */
public final class FakeProgram {

  private FakeProgram() {}

  /** A script that plays one of the scenarios in {@code cli/fake.py}. */
  public static Path playing(Driver driver, String scenario) {
    return write(driver, scenario, version(driver), new byte[0], "", 0);
  }

  static Path replaying(Driver driver, byte[] transcript, String errors, int status) {
    return write(driver, "replay", version(driver), transcript, errors, status);
  }

  static Path ofVersion(Driver driver, String version) {
    return write(driver, "work", version, new byte[0], "", 0);
  }

  private static String version(Driver driver) {
    return switch (driver) {
      case CODEX -> "codex-cli 0.169.0";
      case CLAUDE -> "2.1.330 (Claude Code)";
    };
  }

  private static Path write(
      Driver driver,
      String scenario,
      String version,
      byte[] transcript,
      String errors,
      int status) {
    try (InputStream body = FakeProgram.class.getResourceAsStream("/cli/fake.py")) {
      Path directory = Files.createTempDirectory(TestSandboxes.data(), "program-");
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      StringBuilder bytes = new StringBuilder();
      for (byte b : transcript) {
        bytes.append(String.format("%02x", b));
      }
      String head =
          """
          #!/usr/bin/python3
          SCENARIO = %s
          DRIVER = "%s"
          VERSION = "%s"
          TRANSCRIPT = bytes.fromhex("%s")
          ERRORS = bytes.fromhex("%s").decode()
          STATUS = %d
          """
              .formatted(
                  "\"" + scenario + "\"",
                  driver.label(),
                  version,
                  bytes,
                  java.util.HexFormat.of().formatHex(errors.getBytes(StandardCharsets.UTF_8)),
                  status);
      Path script = directory.resolve(driver.label());
      Files.writeString(script, head + new String(body.readAllBytes(), StandardCharsets.UTF_8));
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      return script;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
