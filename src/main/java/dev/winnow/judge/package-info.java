/** The decision, as a pure function of stored evidence. */
@NullMarked
package dev.winnow.judge;

import org.jspecify.annotations.NullMarked;
