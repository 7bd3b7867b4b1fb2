package dev.winnow.agent;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Turns agents into what a run keeps of them, and back, maybe on another machine. */
public final class StoreAgents {

  private final AgentRegistry registry;

  public StoreAgents(AgentRegistry registry) {
    this.registry = registry;
  }

  /**
   * @param directory what relative script files are relative to
   */
  public AgentRequest request(NamedAgent agent, Path directory) {
    AgentConfig config = registry.configOf(agent.agent().name(), directory);
    Optional<String> script =
        config instanceof AgentConfig.Scripted(Path file)
            ? Optional.of(content(file))
            : Optional.empty();
    return new AgentRequest(agent.name(), agent.agent().name(), config, script);
  }

  private static String content(Path script) {
    try {
      // bytes as characters: a script need not be valid UTF-8 to be refused with a good message
      return new String(Files.readAllBytes(script), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.USAGE, "The script %s cannot be read.".formatted(script), e);
    }
  }

  /**
   * @param directory of Winnow's own; gets the scripts
   */
  public NamedAgent restore(AgentRequest request, Path directory) {
    Optional<String> script = request.script();
    if (script.isEmpty()) {
      return new NamedAgent(request.name(), registry.build(request.agent(), request.config()));
    }
    boolean yaml =
        request.config() instanceof AgentConfig.Scripted(Path original)
            && original.toString().matches("(?i).*\\.ya?ml");
    try {
      Path file = Files.createTempFile(directory, "script-", yaml ? ".yaml" : ".json");
      try {
        Files.writeString(file, script.get());
        return new NamedAgent(
            request.name(), registry.build(request.agent(), new AgentConfig.Scripted(file)));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("Cannot write into " + directory + ".", e);
    }
  }
}
