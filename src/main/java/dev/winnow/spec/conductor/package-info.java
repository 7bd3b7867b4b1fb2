/**
 * Conductor's files: tracks, their specs and plans, as Markdown that belongs to the user. What is
 * not changed on purpose stays as it is, to the byte.
 */
@NullMarked
package dev.winnow.spec.conductor;

import org.jspecify.annotations.NullMarked;
