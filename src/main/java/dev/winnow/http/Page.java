package dev.winnow.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next the cursor of the following page; null on the last one
 */
record Page<T>(List<T> items, @Nullable String next) {}
