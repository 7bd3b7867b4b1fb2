/** Agents that are programs of their own: Codex and Claude Code. */
@NullMarked
package dev.winnow.agent.cli;

import org.jspecify.annotations.NullMarked;
