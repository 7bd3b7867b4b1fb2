/** Spans, metrics and logs, their back ends, and the one sink that takes secrets out of text. */
@NullMarked
package dev.winnow.telemetry;

import org.jspecify.annotations.NullMarked;
