/**
 * Planning: makes clear what a request leaves open, and writes down what is to be built. Knows no
 * terminal and no HTTP: answers come in as values, and between rounds nothing waits.
 */
@NullMarked
package dev.winnow.interview;

import org.jspecify.annotations.NullMarked;
