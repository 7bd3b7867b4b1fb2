/** The journal of steps and the event log of a run. */
@NullMarked
package dev.winnow.checkpoint;

import org.jspecify.annotations.NullMarked;
