package dev.winnow.agent.provider;

import java.net.URI;
import java.util.Optional;

/**
 * Whose account pays for the calls, and where they go.
 *
 * @param apiKey empty for a server that wants none
 * @param baseUrl empty for the provider's own
 * @param organisation of OpenAI; empty for the key's default
 */
public record ProviderAccount(String apiKey, Optional<URI> baseUrl, Optional<String> organisation) {

  /** Without the key: this may be logged. */
  @Override
  public String toString() {
    return "ProviderAccount[baseUrl=%s]".formatted(baseUrl.map(URI::getHost).orElse("default"));
  }
}
