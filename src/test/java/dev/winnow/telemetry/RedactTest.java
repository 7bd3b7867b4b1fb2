package dev.winnow.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactTest {

  private static final String SECRET = "tr0ub4dor&3/ünïcode \"quoted\"";

  static {
    Redact.know(SECRET);
  }

  @Test
  void aKnownSecretIsTakenOutInEveryForm() {
    byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
    String hex = HexFormat.of().formatHex(bytes);
    String url = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
    for (String form :
        List.of(
            SECRET,
            hex,
            hex.toUpperCase(java.util.Locale.ROOT),
            url,
            url.replace("+", "%20"),
            Base64.getEncoder().encodeToString(bytes),
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
      String clean = Redact.text("before <" + form + "> after");
      assertThat(clean).startsWith("before <").endsWith("> after").contains("[secret]");
      // of base64 the character that a neighbour has a part in may stay
      assertThat(clean.length()).isLessThan("before <[secret]> after".length() + 4);
    }
  }

  @Test
  void aSecretInsideOfBase64IsFoundAtEveryPlace() {
    for (String user : List.of("u", "us", "use", "user")) {
      String header =
          Base64.getEncoder()
              .encodeToString((user + ":" + SECRET + ":x").getBytes(StandardCharsets.UTF_8));
      String clean = Redact.text("header " + header);
      assertThat(clean).contains("[secret]");
      String rest = clean.replace("header ", "").replace("[secret]", "");
      assertThat(rest.length()).isLessThan(14);
    }
  }

  @Test
  void jsonStaysJsonAndLosesTheSecretInNamesAndValues() {
    String json = Json.write(Map.of("a", List.of("x " + SECRET + " y"), SECRET, 20261123));
    assertThat((Object) Json.read(Redact.json(json), Map.class))
        .isEqualTo(Map.of("[secret]", 20261123, "a", List.of("x [secret] y")));
    assertThat(Redact.text(json)).doesNotContain("tr0ub4dor");
  }

  @Test
  void wordsAndNumbersAreNoSecrets() {
    Redact.know(List.of("postgres", "changeme", "Password", "20261123", "short1", ""));
    String text = "postgres changeme Password 20261123 short1";
    assertThat(Redact.text(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789",
        "sk-proj-abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
        "sk-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
        "glpat-abcdefghij0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA-1234567890abcdefghijklmnopqrstu",
        "xoxb-123456789012-abcdefghijkl",
        "npm_abcdefghijklmnopqrstuvwxyz0123456789",
        "hf_abcdefghijklmnopqrstuvwxyz",
        "pylf_v1_eu_abcdefghijklmnopqrstuvwxyz0123456789",
        "wnw_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEA0123456789
        abcdef==
        -----END RSA PRIVATE KEY-----\
        """,
        "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0123456789ABCDEFGH\n"
      })
  void keysOfProvidersAreTakenOutByTheirLooks(String key) {
    assertThat(Redact.text("export KEY=" + key + "; echo")).isEqualTo("export KEY=[secret]; echo");
    assertThat(Redact.json(Json.write(Map.of("output", "x\n" + key))))
        .isEqualTo("{\"output\":\"x\\n[secret]\"}");
    assertThat(Redact.text("printed: \"a\\n" + key.replace("\n", "\\n") + "\""))
        .doesNotContain(key);
    String json = Redact.json(Json.write(Map.of("output", "x " + key)));
    assertThat(json).isEqualTo("{\"output\":\"x [secret]\"}");
  }

  @Test
  void headersAndAddressesKeepTheirShape() {
    assertThat(Redact.text("Authorization: Bearer abc.DEF-123456789"))
        .isEqualTo("Authorization: Bearer [secret]");
    assertThat(Redact.text("Authorization: Basic dXNlcjpwYXNzdzByZA=="))
        .isEqualTo("Authorization: Basic [secret]");
    assertThat(Redact.text("postgresql://me:hunter2@db:5432/x"))
        .isEqualTo("postgresql://me:[secret]@db:5432/x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "risk-management-for-the-whole-team",
        "task-1234-fix-the-parser, desk-9 and ask-me-2",
        "the bearer authentication scheme; basic understanding",
        "pk-lookup and sk-learn",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "http://localhost:8080/path@2x.png and git@github.com:me/repo.git",
        "Bearer ${REVIEWER_TOKEN}",
        "String token = request.header(X_API_KEY); api-key: see the documentation",
        "aws_secret_access_key = os.environ[name]; the token expected_by_the_parser",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
      })
  void ordinaryTextStaysAsItIs(String text) {
    assertThat(Redact.text(text)).isEqualTo(text);
  }

  @Test
  void aSecretThatIsCutOrComesInPiecesIsFound() {
    Redact.know("34 m4y begin in a key"); // as the one below ends
    String text =
        "first "
            + SECRET
            + " then sk-ant-api03-abcdefghijklmnop1234 and Bearer abcdefgh12345678 end";
    String expected = Redact.text(text);
    assertThat(expected).doesNotContain("tr0ub4dor").doesNotContain("abcdefgh");
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      RedactChunks chunks = new RedactChunks();
      StringBuilder told = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(round % 20 + 1));
        told.append(chunks.add(text.substring(at, end)));
        assertThat(expected).startsWith(told);
        at = end;
      }
      assertThat(told.append(chunks.end()).toString()).isEqualTo(expected);
    }
    assertThat(Redact.beforeCut("x tr0ub4dor&3")).isEqualTo("x [secret]");
    assertThat(Redact.afterCut("code \"quoted\" y")).isEqualTo("[secret] y");
  }

  @Test
  void aPrivateKeyThatArrivesLineByLineIsFound() {
    RedactChunks chunks = new RedactChunks();
    StringBuilder told = new StringBuilder();
    """
    cat key
    -----BEGIN EC PRIVATE KEY-----
    MHcCAQEEIBase64Base64
    More64==
    -----END EC PRIVATE KEY-----
    done
    """
        .lines()
        .forEach(line -> told.append(chunks.add(line + "\n")));
    assertThat(told.append(chunks.end()).toString()).isEqualTo("cat key\n[secret]\ndone\n");
  }

  /** As Python, curl, browsers and PHP write it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "K3y~with/odd%2Achars%21%28and%29%27quotes%22%26%20%C3%BC",
        "K3y~with%2Fodd%2Achars%21%28and%29%27quotes%22%26%20%C3%BC",
        "K3y~with%2fodd%2achars%21%28and%29%27quotes%22%26%20%c3%bc",
        "K3y~with%2Fodd%2Achars%21%28and%29%27quotes%22%26+%C3%BC",
        "K3y~with%2Fodd*chars!(and)'quotes%22%26%20%C3%BC",
        "K3y~with/odd*chars!(and)'quotes\\\"& ü",
        "K3y~with/odd*chars!(and)'quotes\\\"& \\u00fc",
        "K3y~with\\/odd*chars!(and)'quotes\\\"& \\u00fc",
        "K3y~with/odd*chars!(and)'quotes\\\\\\\"& \\\\u00fc",
        "K3y~with/odd*chars!(and)&#x27;quotes&quot;&amp; ü"
      })
  void theEscapesOfOtherProgramsAreKnown(String written) {
    Redact.know("K3y~with/odd*chars!(and)'quotes\"& ü");
    assertThat(Redact.text("<" + written + ">")).isEqualTo("<[secret]>");
  }

  /** Escaped as a whole, printed as bytes, encoded twice, turned round. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "6f 66 66 2d 70 61 74 68 2b 4b 33 79",
        "6F:66:66:2D:70:61:74:68:2B:4B:33:79",
        "0x6f, 0x66, 0x66, 0x2d, 0x70, 0x61, 0x74, 0x68, 0x2b, 0x4b, 0x33, 0x79",
        "\\x6f\\x66\\x66\\x2d\\x70\\x61\\x74\\x68\\x2b\\x4b\\x33\\x79",
        "%6F%66%66%2D%70%61%74%68%2B%4B%33%79",
        "off-path%252BK3y",
        "6f66 662d 7061 7468 2b4b 3379",
        "6f 6666 2d70 6174 682b 4b33 79",
        "\\u006f\\u0066\\u0066\\u002d\\u0070\\u0061\\u0074\\u0068\\u002b\\u004b\\u0033\\u0079",
        "\\157\\146\\146\\055\\160\\141\\164\\150\\053\\113\\063\\171",
        "&#111;&#102;&#102;&#45;&#112;&#97;&#116;&#104;&#43;&#75;&#51;&#121;",
        "y3K+htap-ffo",
        "YjJabUxYQmhkR2dyU3pONQ==",
        "NmY2NjY2MmQ3MDYxNzQ2ODJiNGIzMzc5"
      })
  void whatIsEscapedAsAWholeIsKnown(String written) {
    Redact.know("off-path+K3y");
    assertThat(Redact.text("<" + written + ">")).startsWith("<[secret]").hasSizeLessThan(16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shpat_0123456789abcdef0123456789abcdef",
        "hvs.CAESIJ0123456789abcdefghijABCDEFGHIJ",
        "AccountKey=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789ABCDEFGHIJKL==",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "authorization: token abcdef0123456789abcdef0123456789abcdef01",
        "X-Api-Key: abcdef0123456789abcdef0123456789",
        "https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789",
        "//packages.example.org/:_authToken=aB3dE6gH9jK2mN5pQ8sT1234"
      })
  void furtherKeysAreTakenOutByTheirLooks(String written) {
    assertThat(Redact.text("<" + written + ">")).contains("[secret]>").doesNotContain("0123456789");
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 64, 76})
  void base64AndHexInLinesAreFoundAtEveryPlace(int columns) {
    Redact.know("Wr4pped-secret-of-thirty-characters");
    for (int before = 0; before < 80; before += 7) {
      byte[] bytes =
          ("x".repeat(before) + "Wr4pped-secret-of-thirty-characters" + "y".repeat(90))
              .getBytes(StandardCharsets.UTF_8);
      for (String word :
          List.of(Base64.getEncoder().encodeToString(bytes), HexFormat.of().formatHex(bytes))) {
        String wrapped =
            "key:\n" + word.replaceAll("(.{" + columns + "})", "$1\n") + "\nend of it\n";
        String clean = Redact.text(wrapped);
        assertThat(clean).startsWith("key:\n").endsWith("\nend of it\n").contains("[secret]");
        assertThat(clean.length()).isLessThan(wrapped.length() - 25);
        assertThat((Object) Json.read(Redact.json(Json.write(Map.of("a", wrapped))), Map.class))
            .isEqualTo(Map.of("a", clean));
        assertThat(inPieces(wrapped, before + 1)).isEqualTo(clean);
        String json = Json.write(wrapped.replace("\n", "\r\n"));
        assertThat(Redact.text(json).length()).isLessThan(json.length() - 25);
        assertThat(inPieces(json, before + 1)).isEqualTo(Redact.text(json));
        assertThat(Redact.text(Json.write(json))).contains("[secret]");
      }
    }
  }

  /** As it comes out piece by piece, all of one length. */
  private static String inPieces(String text, int length) {
    RedactChunks chunks = new RedactChunks();
    StringBuilder told = new StringBuilder();
    for (int at = 0; at < text.length(); at += length) {
      told.append(chunks.add(text.substring(at, Math.min(text.length(), at + length))));
    }
    return told.append(chunks.end()).toString();
  }

  @Test
  void aLongWordDoesNotPushASecretOverABorder() {
    String text = "/sk-" + "a/".repeat(20_000) + "tr0ub4dor&3/ünïcode \"quoted\" end";
    assertThat(inPieces(text, text.indexOf("dor&3")))
        .isEqualTo(Redact.text(text))
        .doesNotContain("dor&3");
  }

  @Test
  void whatMayBeginAKeyInsideOfASecretDoesNotCutIt() {
    Redact.know("P4ss/word=g"); // as ghp_ begins
    for (int length = 1; length < 12; length++) {
      assertThat(inPieces("my P4ss/word=g", length)).isEqualTo("my [secret]");
      assertThat(inPieces("my P4ss/word=g and ghp_", length)).isEqualTo("my [secret] and ghp_");
    }
  }

  @Test
  void whatBecomesASecretInTheMiddleIsOneFromThenOn() {
    RedactChunks chunks = new RedactChunks();
    assertThat(chunks.add("before ")).isEqualTo("before ");
    Redact.know("l4ter-than-the-text");
    assertThat(chunks.add("l4ter-than") + chunks.add("-the-text after") + chunks.end())
        .isEqualTo("[secret] after");
  }

  @Test
  void theLastLinesOfAKeyAreTakenOutWithoutTheFirst() {
    String rest = "AbCd0123/+AbCd\nMore64==\n-----END RSA PRIVATE KEY-----";
    assertThat(Redact.text("$ tail -3 key\n" + rest + "\ndone"))
        .isEqualTo("$ tail -3 [secret]\ndone");
    assertThat(Redact.afterCut(rest)).isEqualTo("[secret]");
    assertThat(Redact.afterCut("klmnopQRSTUV0123456789 is the rest of ghp_"))
        .startsWith("[secret] is");
    assertThat(Redact.afterCut("assertions passed")).isEqualTo("assertions passed");
  }

  @Test
  void oneKnownKeyDoesNotHideAnother() {
    Redact.know("-----BEGIN PRIVATE KEY-----\nMIIKnownKnownKnown0\n-----END PRIVATE KEY-----");
    assertThat(Redact.text("a MIIKnownKnownKnown0 b")).isEqualTo("a [secret] b");
    assertThat(
            Redact.text(
                "-----BEGIN PRIVATE KEY-----\nMIIOtherOtherOther0\n-----END PRIVATE KEY-----"))
        .isEqualTo("[secret]");
  }

  @Test
  void aLongNumberInJsonMayBeASecret() {
    Redact.know("90210482765139475520");
    assertThat(Redact.json("{\"pin\":90210482765139475520,\"n\":7}"))
        .isEqualTo("{\"pin\":\"[secret]\",\"n\":7}");
  }

  @Test
  void hostileInputTakesNoLongTime() {
    // each of them would take minutes with a pattern that backtracks
    for (String text :
        List.of(
            "sk-".repeat(100_000),
            "-----BEGIN PRIVATE KEY-----".repeat(20_000),
            "-----END PRIVATE KEY-----".repeat(20_000),
            "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----".repeat(10_000),
            ("a".repeat(30) + "\n").repeat(10_000),
            "eyJ" + "a".repeat(300_000),
            "://a:".repeat(100_000),
            "bearer " + "a".repeat(300_000),
            "tr0ub4do".repeat(50_000))) {
      assertThat(Redact.text(text)).isNotNull();
    }
  }
}
