package dev.winnow.evidence;

import dev.winnow.workspace.Sandbox;
import java.nio.file.Path;

/** Binds a detected runner to this machine: its programs, Winnow's caches, the sandbox. */
public final class BindRunner {

  /**
   * @param data Winnow's data directory; caches, scripts and report directories go below it
   */
  public BindRunner(Path data, Sandbox sandbox, FindTools tools) {}

  /**
   * @throws dev.winnow.WinnowException of category INFRASTRUCTURE that names a missing program and
   *     how to get it
   */
  public PreparedRunner bind(DetectRunner.Detected.Found found) {
    throw new UnsupportedOperationException();
  }
}
