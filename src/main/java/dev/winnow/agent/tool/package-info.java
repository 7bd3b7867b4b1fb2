/** The tools that an AssistantAgent offers to its model. */
@NullMarked
package dev.winnow.agent.tool;

import org.jspecify.annotations.NullMarked;
