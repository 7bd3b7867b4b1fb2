package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a model is told about a tool.
 *
 * @param parameters JSON schema of the arguments object
 */
public record ToolSpec(String name, String description, JsonNode parameters) {}
