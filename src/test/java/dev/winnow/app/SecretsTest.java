package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A command prints secrets, a model repeats them and the task has one: no sink has any of them. The
 * attacks of kind {@code secrets}.
 */
@Timeout(180)
class SecretsTest {

  private static final String KNOWN = "s3cret/of+the=operator&co";

  /**
   * By their looks alone; each is put together here, so that no scanner takes this file for a leak.
   */
  private static final List<String> BY_LOOKS =
      List.of(
          "sk-ant-" + "api03-AAAABBBBCCCCDDDDEEEEFFFFGGGG-zzzz",
          "sk-" + "proj-abcdefghijklmnopqrstuvwxABCDEFGHIJKL",
          "ghp" + "_abcdefghijklmnopqrstuvwxyz0123456789",
          "AKIA" + "IOSFODNN7EXAMPLQ",
          "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
          "MIIEpAIBAAKCAQEA" + "75wDSecretLineOfAPrivateKey");

  private static List<String> forms() {
    byte[] bytes = KNOWN.getBytes(StandardCharsets.UTF_8);
    return List.of(
        KNOWN,
        Base64.getEncoder().encodeToString(bytes),
        HexFormat.of().formatHex(bytes),
        URLEncoder.encode(KNOWN, StandardCharsets.UTF_8));
  }

  private static String leak() {
    List<String> printed = new ArrayList<>(forms());
    printed.addAll(BY_LOOKS.subList(0, 5));
    printed.add("-----BEGIN PRIVATE KEY-----\n" + BY_LOOKS.get(5) + "\n-----END PRIVATE KEY-----");
    printed.add("Authorization: Bearer " + KNOWN);
    byte[] file = ("x".repeat(45) + KNOWN).getBytes(StandardCharsets.UTF_8);
    printed.add(Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(file));
    return String.join("\n", printed);
  }

  /** Prints them, in two pieces with a pause between, and says them; writes nothing. */
  private static String script(Path directory) throws IOException {
    String text = leak();
    Path leak = Files.writeString(directory.resolve("leak.txt"), text);
    int middle = text.indexOf(KNOWN) + 7;
    String command =
        "printf %%s '%s'; sleep 0.2; printf %%s '%s'"
            .formatted(
                text.substring(0, middle).replace("'", "'\\''"),
                text.substring(middle).replace("'", "'\\''"));
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("tool", "run_command");
    call.put("arguments", Map.of("command", command));
    Map<String, Object> script = new LinkedHashMap<>();
    script.put(
        "red",
        List.of(Map.of("say", "I found " + text, "calls", List.of(call)), Map.of("say", text)));
    assertThat(leak).exists();
    return "scripted:" + Files.writeString(directory.resolve("leak.json"), Json.write(script));
  }

  @Test
  void noSinkHasASecret() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.create()) {
      FixtureRepository shell = FixtureRepository.create("shell", winnow.newDirectory());
      Path directory = winnow.newDirectory();
      Path spans = directory.resolve("spans.jsonl");
      Map<String, String> environment = new HashMap<>();
      environment.put("OPENAI_API_KEY", KNOWN);
      environment.put("TELEMETRY_FILE", spans.toString());
      environment.put("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");
      TestCommandLine.Result result =
          winnow.run(
              environment,
              "run",
              "--json",
              "--repo",
              shell.directory().toString(),
              "--task",
              shell.task() + ". My key is " + KNOWN + " and " + BY_LOOKS.getFirst(),
              "--test-command",
              "sh run.sh",
              "--junit",
              "build/report.xml",
              "--agents",
              script(directory));
      assertThat(result.last().path("outcome").asText()).isEqualTo("none");
      Map<String, String> sinks = new LinkedHashMap<>();
      sinks.put("stdout", result.out());
      sinks.put("stderr", result.err());
      sinks.put("spans", Files.readString(spans));
      for (String table : tables(winnow)) {
        sinks.put("table " + table, rows(winnow, table));
      }
      assertThat(sinks.get("spans")).contains("gen_ai.input.messages", "[secret]", "I found");
      assertThat(sinks.get("table step")).contains("[secret]", "I found");
      assertThat(sinks.get("table event")).contains("tool-returned", "[secret]");
      assertThat(sinks.get("table run")).contains("My key is [secret]");
      sinks.forEach((sink, text) -> {
        String unwrapped = text.replaceAll("\\\\+n|\n", "");
        for (String secret : forms()) {
          // of base64 the last characters may belong to a neighbour
          String most = secret.substring(0, secret.length() - 4);
          assertThat(text).as(sink).doesNotContain(most);
          assertThat(unwrapped).as(sink).doesNotContain(most);
        }
        for (String secret : BY_LOOKS) {
          assertThat(text).as(sink).doesNotContain(secret);
        }
      });
    }
  }

  private static List<String> tables(TestCommandLine winnow) {
    return winnow
        .database()
        .query(
            "select table_name as name from information_schema.tables where table_schema = current_schema()",
            row -> row.text("name"));
  }

  private static String rows(TestCommandLine winnow, String table) {
    return String.join(
        "\n",
        winnow
            .database()
            .query("select t::text as line from \"" + table + "\" t", row -> row.text("line")));
  }
}
