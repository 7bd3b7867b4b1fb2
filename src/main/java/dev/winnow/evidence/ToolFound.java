package dev.winnow.evidence;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One program that test runners may need.
 *
 * @param path absolute, empty when it cannot be used
 * @param note one line: where it came from, or why it cannot be used and how to get it
 */
public record ToolFound(String name, Optional<Path> path, String note) {}
