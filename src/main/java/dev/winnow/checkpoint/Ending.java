package dev.winnow.checkpoint;

import java.time.Duration;

/** What becomes of a run in the queue after a node has worked on it. */
public sealed interface Ending {

  /** It has an outcome. */
  record Done() implements Ending {}

  /** It waits for something outside, such as a person, and holds no thread meanwhile. */
  record Parked() implements Ending {}

  /** Any node may take it up, after a while. */
  record Again(Duration after) implements Ending {}

  /** Somebody else has it. */
  record Lost() implements Ending {}
}
