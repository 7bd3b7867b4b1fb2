/** Facts that Winnow establishes itself: test runs, the red gate, the matrix, tamper findings. */
@NullMarked
package dev.winnow.evidence;

import org.jspecify.annotations.NullMarked;
