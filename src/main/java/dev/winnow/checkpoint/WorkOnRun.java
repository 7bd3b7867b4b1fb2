package dev.winnow.checkpoint;

/** What a node does with a run that it picked up. */
public interface WorkOnRun {

  /**
   * Works until the run has an outcome or {@link HeldRun#stop} says why it cannot. What it throws
   * is a defect: the run is tried again, and given up after three times.
   */
  Ending work(HeldRun run);

  /** Ends a run on which the work cannot even fail in an orderly way. */
  Ending giveUp(HeldRun run, String reason);
}
