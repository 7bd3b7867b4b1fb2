package dev.winnow.checkpoint;

import java.util.UUID;

/**
 * A row of the queue as it was when a node picked it.
 *
 * @param node the scheduler that picked it; different for every start of a process
 * @param version of the row; together with the node it names this one pick-up
 */
record Claim(UUID run, String node, long version) {}
