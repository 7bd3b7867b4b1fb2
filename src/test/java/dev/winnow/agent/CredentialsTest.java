package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.telemetry.Redact;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keys go to whoever asks for them by name, and nowhere else. */
class CredentialsTest {

  private static final Credentials KEYS =
      new Credentials(Map.of("A_KEY", " sk-very-secret ", "EMPTY", " ", "SHORT", "on"));

  private static final AgentConfig REVIEWER =
      new AgentConfig.Http(
          URI.create("https://agents.example.org/v1?token=query"),
          Optional.empty(),
          Map.of("Authorization", "Bearer ${A_KEY}", "X-Team", "${MISSING} ${EMPTY}"));

  @Test
  void valuesAreNeverPrinted() {
    assertThat(KEYS.toString()).doesNotContain("secret").doesNotContain("A_KEY");
    assertThat(Redact.text("401: bad key sk-very-secret, turn it on"))
        .isEqualTo("401: bad key [secret], turn it on");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(KEYS.missing(REVIEWER)).containsExactly("MISSING", "EMPTY");
    assertThatThrownBy(() -> KEYS.expand("x ${MISSING}"))
        .isInstanceOf(WinnowException.class)
        .hasMessage("The variable MISSING is not set.");
  }

  @Test
  void valuesReplaceTheirVariablesOnce() {
    Credentials nested = new Credentials(Map.of("A", "${B}$1\\", "B", "b"));
    assertThat(nested.expand("<${A}> $A ${} ${1}")).isEqualTo("<${B}$1\\> $A ${} ${1}");
  }

  @Test
  void aStoredConfigHoldsNamesAndNoSecret() {
    String json = Json.write(REVIEWER);
    assertThat(json).contains("\"kind\":\"http\"", "Bearer ${A_KEY}").doesNotContain("sk-very");
    assertThat(Json.read(json, AgentConfig.class)).isEqualTo(REVIEWER);
    assertThat(REVIEWER.detail()).isEqualTo("https://agents.example.org/v1");
    AgentConfig sdk =
        new AgentConfig.Sdk(
            Provider.ANTHROPIC,
            "claude",
            Optional.of(URI.create("http://127.0.0.1:1/v1")),
            Optional.of("A_KEY"),
            Optional.empty(),
            Optional.of(0.5));
    assertThat(Json.read(Json.write(sdk), AgentConfig.class)).isEqualTo(sdk);
  }
}
