/**
 * What every package may use: the error with its category, fork and join, cancellation, JSON, ids.
 * Nothing here imports another package of Winnow.
 */
@NullMarked
package dev.winnow;

import org.jspecify.annotations.NullMarked;
