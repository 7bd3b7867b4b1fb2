/**
 * The use case from task to decision; {@link dev.winnow.run.ChangeRun} reads top to bottom like the
 * list in the design.
 */
@NullMarked
package dev.winnow.run;

import org.jspecify.annotations.NullMarked;
