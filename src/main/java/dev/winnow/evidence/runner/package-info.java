/** How a repository's tests are run and what they reported: one class for each build tool. */
@NullMarked
package dev.winnow.evidence.runner;

import org.jspecify.annotations.NullMarked;
