package dev.winnow.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys of well-known providers, by their looks: what a command prints is no secret that Winnow
 * knows of. Every pattern has a literal that is looked for first, and repeats only character
 * classes, so that no input makes it slow. None of them takes a quotation mark, so JSON stays JSON.
 */
final class KeyPatterns {

  /**
   * @param literals one of them is in every match
   * @param group what is blacked out; 0 for all
   */
  private record Key(List<String> literals, Pattern pattern, int group) {}

  /** The beginning of a word, also behind an escaped line end or a terminal's colour. */
  private static final String BEFORE =
      "(?:(?<![A-Za-z0-9_-])|(?<=\\\\[nrt])|(?<=\u001b\\[[0-9;]{0,12}m))";

  private static final List<Key> KEYS =
      List.of(
          key("sk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{6,}+", "sk-"),
          key("(?:sk|pk)-(?=[A-Za-z_-]{0,200}+[0-9*])[A-Za-z0-9_*-]{6,}+", "sk-", "pk-"),
          key("(?:sk|pk)-[A-Za-z0-9]{20,}+", "sk-", "pk-"),
          key("(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}+", "sk_", "rk_", "whsec_"),
          key("gh[pousr]_[A-Za-z0-9]{20,}+", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
          key("github_pat_[A-Za-z0-9_]{20,}+", "github_pat_"),
          key(
              "gl(?:pat|dt|rt|ptt|soat)-[A-Za-z0-9_-]{16,}+",
              "glpat-",
              "gldt-",
              "glrt-",
              "glptt-",
              "glsoat-"),
          key("(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}+", "AKIA", "ASIA", "ABIA", "ACCA"),
          key("AIza[A-Za-z0-9_-]{30,}+", "AIza"),
          key("ya29\\.[A-Za-z0-9_-]{20,}+", "ya29."),
          key("GOCSPX-[A-Za-z0-9_-]{20,}+", "GOCSPX-"),
          key("xox[abeoprs]-[A-Za-z0-9-]{10,}+", "xox"),
          key("xapp-[A-Za-z0-9-]{10,}+", "xapp-"),
          key("hooks\\.slack\\.com/services/[A-Za-z0-9_/]{10,}+", "hooks.slack.com/"),
          key("npm_[A-Za-z0-9]{30,}+", "npm_"),
          key("pypi-[A-Za-z0-9_-]{30,}+", "pypi-"),
          key("hf_[A-Za-z0-9]{20,}+", "hf_"),
          key("gsk_[A-Za-z0-9]{20,}+", "gsk_"),
          key(
              "(?:xai|pplx|nvapi)-(?=[A-Za-z_-]{0,200}+[0-9])[A-Za-z0-9_-]{24,}+",
              "xai-",
              "pplx-",
              "nvapi-"),
          key("pylf_v[0-9]{1,2}_[A-Za-z0-9_]{16,}+", "pylf_v"),
          key("SG\\.[A-Za-z0-9_-]{16,}+\\.[A-Za-z0-9_-]{16,}+", "SG."),
          key("do[opr]_v1_[a-f0-9]{32,}+", "dop_v1_", "doo_v1_", "dor_v1_"),
          key("dapi[a-f0-9]{32,}+", "dapi"),
          key("wnw_[A-Za-z0-9_-]{20,}+", "wnw_"),
          key("sq0(?:csp|atp|idp)-[A-Za-z0-9_-]{20,}+", "sq0"),
          key("shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32,}+", "shp"),
          key("hv[sbr]\\.[A-Za-z0-9_-]{20,}+", "hvs.", "hvb.", "hvr."),
          key("LTAI[A-Za-z0-9]{12,}+", "LTAI"),
          key("AGE-SECRET-KEY-1[A-Z0-9]{20,}+", "AGE-SECRET-KEY-1"),
          key("discord(?:app)?\\.com/api/webhooks/[0-9]{10,}+/[A-Za-z0-9_-]{20,}+", "discord"),
          key("[0-9]{8,12}:AA[A-Za-z0-9_-]{30,}+", ":AA"),
          key("eyJ[A-Za-z0-9_-]{8,}+\\.eyJ[A-Za-z0-9_-]{8,}+(?:\\.[A-Za-z0-9_-]*+)?", "eyJ"),
          new Key(
              List.of("Bearer ", "bearer ", "BEARER ", "Basic ", "basic ", "BASIC "),
              Pattern.compile(
                  "\\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\\s{1,4}((?=[A-Za-z0-9._~+/=-]{0,200}?(?:[0-9]|[a-z][A-Z]))[A-Za-z0-9._~+/=-]{12,}+)"),
              1),
          new Key(
              List.of(
                  "AccountKey=", "_authToken=", "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
              Pattern.compile(
                  "\\b(?:AccountKey|_authToken|(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY)\"?)\\s{0,4}[=:]\\s{0,4}\"?((?=[A-Za-z_/+-]{0,200}+[0-9])[A-Za-z0-9/+=_-]{20,}+)"),
              1),
          new Key(
              List.of("-Key: ", "-key: ", "-KEY: ", "token ", "-Token: ", "-token: "),
              Pattern.compile(
                  "(?i)\\b(?:(?:x-)?api-key:|[xX]-[A-Za-z-]{0,30}token:|authorization: token)\\s{1,4}((?=[A-Za-z_-]{0,200}+[0-9])[A-Za-z0-9._~+/=-]{20,}+)"),
              1),
          new Key(
              List.of("://"),
              Pattern.compile("://[A-Za-z0-9._%+-]{0,100}+:([^\\s\"'/@:\\[\\]{}$<>\\\\]{1,256}+)@"),
              1));

  private static final Pattern KEY_BEGINS =
      Pattern.compile("-----BEGIN [A-Z0-9 ]{0,30}?PRIVATE KEY(?: BLOCK)?-----");

  /** Of a key whose beginning is missing: more than a word, and not in lower case alone. */
  private static final Pattern REST =
      Pattern.compile("(?=[A-Za-z_-]{0,200}+[0-9])(?=[a-z0-9_-]{0,200}+[A-Z])[A-Za-z0-9_-]{12,}+");

  private static final Pattern KEY_ENDS =
      Pattern.compile("-----END [A-Z0-9 ]{0,30}?PRIVATE KEY(?: BLOCK)?-----");

  /** Characters of a private key in PEM form, encrypted ones and JSON's escapes included. */
  private static final int LONGEST_BLOCK = 20_000;

  private static final String BLOCK_LITERAL = "PRIVATE KEY";

  /** The bit behind those of {@link #KEYS}. */
  private static final long BLOCK = 1L << KEYS.size();

  private static final KeyLiterals LITERALS = literals();

  private KeyPatterns() {}

  private static KeyLiterals literals() {
    List<List<String>> all = new ArrayList<>();
    KEYS.forEach(key -> all.add(key.literals()));
    all.add(List.of(BLOCK_LITERAL));
    return new KeyLiterals(all);
  }

  private static Key key(String pattern, String... literals) {
    return new Key(List.of(literals), Pattern.compile(BEFORE + pattern), 0);
  }

  static String clean(String text, String instead) {
    long held = LITERALS.in(text);
    String clean = (held & BLOCK) == 0 ? text : withoutBlocks(text, instead);
    for (int i = 0; i < KEYS.size(); i++) {
      if ((held & 1L << i) != 0) {
        clean = clean(clean, KEYS.get(i), instead);
      }
    }
    return clean;
  }

  /** Where in the last word of a text, which begins there, a key may have begun; else its end. */
  static int mayBegin(CharSequence text, int word) {
    for (int at = word; at < text.length(); at++) {
      boolean boundary =
          at == word
              || !isOfName(text.charAt(at - 1))
              || (at - 2 >= word && text.charAt(at - 2) == '\\');
      for (Key key : KEYS) {
        for (String literal : key.literals()) {
          if ((boundary || !isOfName(literal.charAt(0))) && begins(text, at, literal)) {
            return at;
          }
        }
      }
    }
    return text.length();
  }

  /** Where what may be the rest of a key ends, in a text whose beginning was cut off; else 0. */
  static int endOfPart(String text) {
    Matcher rest = REST.matcher(text);
    return rest.lookingAt() ? rest.end() : 0;
  }

  private static boolean begins(CharSequence text, int at, String literal) {
    int length = Math.min(literal.length(), text.length() - at);
    for (int i = 0; i < length; i++) {
      if (text.charAt(at + i) != literal.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfName(char c) {
    return isLetterOrDigit(c) || c == '_' || c == '-';
  }

  /** Whether it is worth to look closer. */
  static boolean mayHold(String text) {
    return LITERALS.in(text) != 0;
  }

  private static String clean(String text, Key key, String instead) {
    Matcher matcher = key.pattern().matcher(text);
    if (!matcher.find()) {
      return text;
    }
    StringBuilder clean = new StringBuilder();
    int copied = 0;
    do {
      clean.append(text, copied, matcher.start(key.group())).append(instead);
      copied = matcher.end(key.group());
    } while (matcher.find());
    return clean.append(text, copied, text.length()).toString();
  }

  /**
   * From the first line of a private key to its last; as far as base64 goes where one is missing.
   */
  private static String withoutBlocks(String text, String instead) {
    StringBuilder clean = new StringBuilder();
    Matcher begin = KEY_BEGINS.matcher(text);
    Matcher end = KEY_ENDS.matcher(text);
    int copied = 0;
    int quote = text.indexOf('"');
    // each is passed once: there may be thousands of both
    boolean begun = begin.find();
    boolean ended = end.find();
    while (begun || ended) {
      if (ended && (!begun || end.start() < begin.start())) {
        copied = withoutRest(text, copied, end, instead, clean);
      } else {
        int body = begin.end();
        if (quote >= 0 && quote < body) {
          quote = text.indexOf('"', body);
        }
        int limit = Math.min(body + LONGEST_BLOCK, quote < 0 ? text.length() : quote);
        clean.append(text, copied, begin.start()).append(instead);
        copied = ended && end.end() <= limit ? end.end() : endOfBase64(text, body);
      }
      while (begun && begin.start() < copied) {
        begun = begin.find();
      }
      while (ended && end.start() < copied) {
        ended = end.find();
      }
    }
    return clean.append(text, copied, text.length()).toString();
  }

  /** Copies what stands before the last lines of a key whose first ones are missing. */
  private static int withoutRest(
      String text, int copied, Matcher end, String instead, StringBuilder clean) {
    int from = end.start();
    while (from > copied && isOfBlock(text, from - 1)) {
      from--;
    }
    clean.append(text, copied, from).append(instead);
    return end.end();
  }

  /** Base64, line ends and JSON's line ends. */
  private static boolean isOfBlock(String text, int at) {
    char c = text.charAt(at);
    boolean escape = c == '\\' && at + 1 < text.length() && "nrt".indexOf(text.charAt(at + 1)) >= 0;
    return escape || c == '\n' || c == '\r' || isBase64(c);
  }

  private static int endOfBase64(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean escape =
          c == '\\' && at + 1 < text.length() && "nrt".indexOf(text.charAt(at + 1)) >= 0;
      if (escape) {
        at++;
      } else if (!Character.isWhitespace(c) && !isBase64(c)) {
        break;
      }
      at++;
    }
    return at;
  }

  private static boolean isBase64(char c) {
    return isLetterOrDigit(c) || "+/=".indexOf(c) >= 0;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
