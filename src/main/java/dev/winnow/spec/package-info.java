/** What was asked for. */
@NullMarked
package dev.winnow.spec;

import org.jspecify.annotations.NullMarked;
