/** Agents: the AssistantAgent with its tool loop, the ChatModel it talks to, and the registry. */
@NullMarked
package dev.winnow.agent;

import org.jspecify.annotations.NullMarked;
