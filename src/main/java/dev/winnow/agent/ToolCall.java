package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A model's wish to call a tool.
 *
 * @param id the provider's id of the call, unique within the conversation
 */
public record ToolCall(String id, String tool, JsonNode arguments) {}
