/**
 * The model judge: asked only where evidence leaves a tie, and for answers. Candidates are blinded,
 * every question is asked in two orders, and what the two verdicts say together is a pure function
 * of what is stored.
 */
@NullMarked
package dev.winnow.judge.model;

import org.jspecify.annotations.NullMarked;
