package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --agents} may say. */
class AgentRegistryTest {

  @TempDir Path directory;

  private static final Credentials NO_KEYS = Credentials.NONE;

  /** Ready when its keys are there. */
  private record NeedsKey<C extends AgentConfig>() implements AgentFactory<C> {
    @Override
    public AgentState state(C config) {
      return AgentState.ofKeys(NO_KEYS.missing(config));
    }

    @Override
    public Agent build(String name, C config) {
      return new AssistantAgent(name, config.kind(), TestModel.of());
    }
  }

  private static AgentConfig.Sdk openai(Optional<String> key) {
    return new AgentConfig.Sdk(
        Provider.OPENAI, "gpt-5", Optional.empty(), key, Optional.empty(), Optional.empty());
  }

  private final AgentRegistry registry =
      new AgentRegistry(
          new TreeMap<>(
              Map.of(
                  "rehearsal", new AgentConfig.Scripted(Path.of("a.json")),
                  "codex",
                      new AgentConfig.Cli(
                          Driver.CODEX, Optional.empty(), Optional.empty(), Optional.empty()),
                  "openai", openai(Optional.of("OPENAI_API_KEY")),
                  "local", openai(Optional.empty()),
                  "reviewer",
                      new AgentConfig.Http(
                          URI.create("https://agents.example.org/v1?x=y"),
                          Optional.empty(),
                          Map.of("Authorization", "Bearer ${A} ${B}")))),
          new AgentFactories(
              Map.of(Provider.OPENAI, new NeedsKey<>()),
              Map.of(),
              Optional.of(new NeedsKey<>()),
              new ScriptedAgents(Set.of("note"))));

  @BeforeEach
  void writeScripts() throws IOException {
    Files.writeString(directory.resolve("a.json"), "{}");
    Files.writeString(directory.resolve("odd:2"), "{}");
    Files.writeString(directory.resolve("with blank, comma.json"), "{}");
  }

  private List<String> names(String... specs) {
    return registry.resolve(List.of(specs), directory).stream().map(NamedAgent::name).toList();
  }

  @Test
  void namesAndInlineScriptsAreResolvedInOrder() {
    assertThat(names("scripted:a.json", "rehearsal"))
        .containsExactly("scripted:a.json", "rehearsal");
    assertThat(names(" rehearsal ")).containsExactly("rehearsal");
    assertThat(registry.resolve(List.of("rehearsal"), directory).getFirst().agent().kind())
        .isEqualTo(Agent.Kind.SCRIPTED);
  }

  @Test
  void aScriptThatCannotBePlayedLeavesNoFileBehind() throws IOException {
    AgentRequest request =
        new AgentRequest(
            "a", "a", new AgentConfig.Scripted(Path.of("a.json")), Optional.of("{\"no\": 1}"));
    Path own = Files.createDirectory(directory.resolve("own"));

    assertThatThrownBy(() -> new StoreAgents(registry).restore(request, own))
        .hasMessageContaining("a script has no key 'no'");
    assertThat(own).isEmptyDirectory();
  }

  @Test
  void anAgentThatWouldAppearByItselfSaysWhatIsMissing() {
    assertThatThrownBy(() -> names("claude"))
        .hasMessageStartingWith(
            "Unknown agent 'claude'. The program is not on the PATH: install it with npm install -g"
                + " @anthropic-ai/claude-code, or set WINNOW_CLAUDE_PATH. Declared agents:");
    assertThatThrownBy(() -> names("anthropic"))
        .hasMessageContaining("It appears when ANTHROPIC_API_KEY is set.");
  }

  @Test
  void anAgentThatIsGivenMoreThanOnceGetsANumber() {
    assertThat(names("rehearsal:2", "scripted:a.json", "rehearsal"))
        .containsExactly("rehearsal#1", "rehearsal#2", "scripted:a.json", "rehearsal#3");
    assertThat(names("scripted:a.json:2"))
        .containsExactly("scripted:a.json#1", "scripted:a.json#2");
    assertThat(names("rehearsal:1")).containsExactly("rehearsal");
  }

  @Test
  void aLongPathIsCalledAfterItsFileAndAsManyDirectoriesAsAreNeeded() {
    String deep = "scripted:/a/directory/that/makes/the/name/long/";
    assertThat(
            AgentNames.of(
                    List.of(
                        deep + "x/right.json", deep + "y/right.json", deep + "z", "scripted:z2"))
                .values())
        .containsExactly(
            "scripted:x/right.json", "scripted:y/right.json", "scripted:z", "scripted:z2");
    assertThat(AgentNames.of(List.of(deep + "a.json", "scripted:a.json")).values())
        .containsExactlyInAnyOrder("scripted:long/a.json", "scripted:a.json");
  }

  @ParameterizedTest
  @CsvSource({
    "scripted:/s/right.json#2, right#2",
    "scripted:a.yaml, a",
    "codex, codex",
    "codex#1, codex#1",
    "scripted:.json, scripted:.json",
  })
  void peopleReadTheFilesNameOnly(String name, String shown) {
    assertThat(AgentNames.forPeople(name)).isEqualTo(shown);
  }

  @Test
  void aFileWhoseNameLooksLikeCopiesIsAFile() {
    assertThat(names("scripted:odd:2")).containsExactly("scripted:odd:2");
    assertThat(names("scripted:odd:2:2")).containsExactly("scripted:odd:2#1", "scripted:odd:2#2");
    assertThat(names("scripted:with blank, comma.json")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          nobody          | Unknown agent 'nobody'. Declared agents: codex, local, openai, rehearsal, reviewer
          nobody:2        | Unknown agent 'nobody'
          b.json          | A script is given as scripted:FILE
          ``              | There is an empty name
          rehearsal:0     | 'rehearsal:0' asks for 0 copies; 1 to 16 are possible
          rehearsal:-1    | asks for -1 copies
          rehearsal:17    | asks for 17 copies
          rehearsal:99999999999 | asks for 99999999999 copies
          rehearsal:two   | Unknown agent 'rehearsal:two'
          scripted        | A scripted agent needs a file
          scripted:       | A scripted agent needs a file
          scripted:.      | is a directory
          scripted:no.json | no.json does not exist
          codex           | Agent 'codex' (cli) cannot be used: this version cannot run it yet
          openai          | Agent 'openai' (sdk) cannot be used: set OPENAI_API_KEY in the environment or .env
          reviewer:3      | Agent 'reviewer' (http) cannot be used: set A and B in the environment or .env
          """)
  void whatCannotBeResolvedIsRefused(String spec, String expected) {
    assertThatThrownBy(() -> names(spec))
        .isInstanceOfSatisfying(
            WinnowException.class, e -> assertThat(e.category().exitCode()).isEqualTo(2))
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void noAgentAndTooManyAreRefused() {
    assertThatThrownBy(this::names).hasMessageContaining("No agent given");
    assertThat(names("rehearsal:16")).hasSize(16);
    assertThatThrownBy(() -> names("rehearsal:16", "rehearsal"))
        .hasMessageContaining("more than 16 candidates");
  }

  @Test
  void aFileNameThatTheSystemRefusesIsRefusedInOneLine() {
    assertThatThrownBy(() -> names("scripted:a\0b"))
        .isInstanceOf(WinnowException.class)
        .message()
        .doesNotContain("\0");
  }

  @Test
  void everythingThatIsWrongIsToldAtOnce() {
    assertThatThrownBy(() -> names("openai", "nobody", "rehearsal:0", "local", "nobody"))
        .hasMessageStartingWith("3 agents cannot be used:")
        .hasMessageContaining("OPENAI_API_KEY")
        .hasMessageContaining("'nobody'")
        .hasMessageContaining("0 copies");
  }

  @Test
  void agentsAreFoundByKindAndProvider() {
    assertThat(registry.ofKind(Agent.Kind.SDK)).containsExactly("local", "openai");
    assertThat(registry.ofProvider(Provider.OPENAI)).containsExactly("local", "openai");
    assertThat(registry.ofProvider(Provider.ANTHROPIC)).isEmpty();
    assertThat(registry.ofKind(Agent.Kind.HTTP)).containsExactly("reviewer");
  }

  @Test
  void stateSaysWhatIsMissing() {
    assertThat(registry.state("local")).isEqualTo(AgentState.READY);
    assertThat(registry.state("openai").status()).isEqualTo(AgentState.Status.MISSING_KEY);
    assertThat(registry.state("codex").status()).isEqualTo(AgentState.Status.UNSUPPORTED);
    assertThat(registry.state("rehearsal").status()).isEqualTo(AgentState.Status.SCRIPT_UNREADABLE);
  }
}
