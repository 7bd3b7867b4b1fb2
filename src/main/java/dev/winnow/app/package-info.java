/**
 * The command line: main, wiring by constructor, settings, commands, and what the terminal shows.
 */
@NullMarked
package dev.winnow.app;

import org.jspecify.annotations.NullMarked;
