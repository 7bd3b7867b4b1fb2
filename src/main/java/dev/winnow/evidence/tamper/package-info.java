/** What a change does to tests, build and reports instead of solving the task; reads text only. */
@NullMarked
package dev.winnow.evidence.tamper;

import org.jspecify.annotations.NullMarked;
