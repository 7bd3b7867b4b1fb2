package dev.winnow.evidence.runner;

import dev.winnow.workspace.Sandbox;
import java.nio.file.Path;

/** Binds a detected runner to this machine: its programs, Winnow's caches, the sandbox. */
public final class BindRunner {

  private final RunnerFiles files;
  private final Sandbox sandbox;
  private final FindTools tools;

  /**
   * @param data Winnow's data directory; caches, scripts and report directories go below it
   */
  public BindRunner(Path data, Sandbox sandbox, FindTools tools) {
    this.files = RunnerFiles.in(data);
    this.sandbox = sandbox;
    this.tools = tools;
  }

  /**
   * @throws dev.winnow.WinnowException of category INFRASTRUCTURE that names a missing program and
   *     how to get it
   */
  public PreparedRunner bind(DetectRunner.Detected.Found found) {
    for (String program : found.runner().programs()) {
      var _ = tools.need(program);
    }
    return new PreparedRunner(found.runner(), found.why(), sandbox, tools, files);
  }
}
