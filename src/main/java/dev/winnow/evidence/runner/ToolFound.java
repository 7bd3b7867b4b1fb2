package dev.winnow.evidence.runner;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One program that test runners may need.
 *
 * @param path absolute, empty when it cannot be used
 * @param note where it is, or why it cannot be used
 * @param remedy how to get it, empty when it is there
 */
public record ToolFound(String name, Optional<Path> path, String note, String remedy) {}
