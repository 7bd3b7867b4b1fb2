package dev.winnow.agent.cli;

import dev.winnow.agent.Provider;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;

/** The calls of a provider's API that its program needs, and how a key is shown there. */
enum ProviderCalls {
  /** Inside, the base is {@code http://127.0.0.1:PORT/v1}; the real one may have any path. */
  OPENAI("https://api.openai.com/v1", "/v1", "POST /responses(/compact)?|GET /models") {
    @Override
    void authenticate(HttpRequest.Builder request, String key) {
      request.header("Authorization", "Bearer " + key);
    }
  },
  /** Inside, the base is {@code http://127.0.0.1:PORT}. */
  ANTHROPIC("https://api.anthropic.com", "", "POST /v1/messages(/count_tokens)?|GET /v1/models") {
    @Override
    void authenticate(HttpRequest.Builder request, String key) {
      request.header("x-api-key", key);
    }
  };

  private final URI usual;
  private final String prefix;
  private final String allowed;

  ProviderCalls(String usual, String prefix, String allowed) {
    this.usual = URI.create(usual);
    this.prefix = prefix;
    this.allowed = allowed;
  }

  static ProviderCalls of(Provider provider) {
    return switch (provider) {
      case OPENAI -> OPENAI;
      case ANTHROPIC -> ANTHROPIC;
    };
  }

  /** The provider's own address. */
  URI usual() {
    return usual;
  }

  abstract void authenticate(HttpRequest.Builder request, String key);

  /** Where a request goes; empty when it is none of the calls that are passed on. */
  Optional<URI> target(URI base, String method, String requested) {
    int question = requested.indexOf('?');
    String path = question < 0 ? requested : requested.substring(0, question);
    String query = question < 0 ? "" : requested.substring(question);
    if (!path.startsWith(prefix) || !query.matches("(\\?[A-Za-z0-9_.=&%-]*)?")) {
      return Optional.empty();
    }
    String call = path.substring(prefix.length());
    if (!(method + " " + call).matches(allowed)) {
      return Optional.empty();
    }
    String address = base.toString().replaceFirst("/+$", "");
    // some write the version into Anthropic's address, some do not
    if (this == ANTHROPIC && address.endsWith("/v1")) {
      address = address.substring(0, address.length() - "/v1".length());
    }
    return Optional.of(URI.create(address + call + query));
  }
}
