package dev.winnow.agent.cli;

import dev.winnow.agent.Driver;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The real programs, by the exact versions in {@code .ci/tools}, where {@code .ci/run} puts them.
 */
public final class RealPrograms {

  private static final Path MODULES = Path.of(".ci/tools/node_modules").toAbsolutePath();

  private RealPrograms() {}

  public static boolean installed() {
    return Files.isExecutable(path(Driver.CODEX)) && Files.isExecutable(path(Driver.CLAUDE));
  }

  /** The program itself, in the package for the platform. */
  public static Path path(Driver driver) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    return MODULES.resolve(
        switch (driver) {
          case CODEX ->
              "@openai/codex-linux-%s/vendor/%s-unknown-linux-musl/bin/codex"
                  .formatted(arm ? "arm64" : "x64", arm ? "aarch64" : "x86_64");
          case CLAUDE ->
              "@anthropic-ai/claude-code-linux-%s/claude".formatted(arm ? "arm64" : "x64");
        });
  }
}
