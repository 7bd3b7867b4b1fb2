package dev.winnow.app;

import dev.winnow.agent.Provider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How models are written in settings. */
final class ModelNames {

  private static final String OPENAI = "openai-responses:";
  private static final String ANTHROPIC = "anthropic:";

  private ModelNames() {}

  /** Whose model a name means that stands alone: bare names are Anthropic's. */
  static Provider provider(String written) {
    // gpt-5 alone is most likely OpenAI's, and gets the message that says how to write it
    return written.startsWith("openai") || written.matches("(?i)(?:gpt|o\\d|codex).*")
        ? Provider.OPENAI
        : Provider.ANTHROPIC;
  }

  /** The model without its prefix, or null and an error. */
  static @Nullable String of(Provider provider, String written, String where, List<String> errors) {
    String model =
        switch (provider) {
          case OPENAI -> written.startsWith(OPENAI) ? written.substring(OPENAI.length()) : "";
          case ANTHROPIC ->
              written.startsWith(ANTHROPIC) ? written.substring(ANTHROPIC.length()) : written;
        };
    if (model.matches("[^\\s:]\\S{0,199}")
        && !(provider == Provider.ANTHROPIC && model.startsWith("openai"))) {
      return model;
    }
    String bare = SafeText.line(written.substring(written.indexOf(':') + 1), 80);
    errors.add(
        where
            + switch (provider) {
              case OPENAI -> ": OpenAI models are written openai-responses:" + bare;
              case ANTHROPIC -> ": Anthropic models are written anthropic:<model>, or bare";
            });
    return null;
  }
}
