package dev.winnow.workspace;

import java.util.List;

/**
 * What the proof at start found; shown by {@code winnow doctor} and with every run.
 *
 * @param probes attempts to break out of the chosen tier
 * @param notes why a better tier is not used, one line each, and other things to know
 */
public record SandboxReport(Sandbox.Tier tier, List<Probe> probes, List<String> notes) {

  /**
   * One attempt.
   *
   * @param held whether the sandbox stopped it
   */
  public record Probe(String name, boolean held, String detail) {}

  public SandboxReport {
    probes = List.copyOf(probes);
    notes = List.copyOf(notes);
  }

  /** Whether nothing got out. */
  public boolean proven() {
    return !probes.isEmpty() && probes.stream().allMatch(Probe::held);
  }
}
