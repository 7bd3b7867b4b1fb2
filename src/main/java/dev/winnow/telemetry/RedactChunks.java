package dev.winnow.telemetry;

/**
 * Takes secrets out of text that arrives in pieces: holds back what may be the beginning of one
 * until the next piece, or the end, tells. Not thread-safe.
 */
public final class RedactChunks {

  /** More than this is not held back: no key is that long, but a private key's block may be. */
  private static final int MOST = 16 * 1024;

  private final StringBuilder held = new StringBuilder();

  /** What can be told of the text so far, beyond what was told before. */
  public String add(String chunk) {
    held.append(chunk);
    int end = safeEnd();
    String told = Redact.text(held.substring(0, end));
    held.delete(0, end);
    return told;
  }

  /** The rest; the next piece begins a new text. */
  public String end() {
    String told = Redact.text(held.toString());
    held.setLength(0);
    return told;
  }

  private int safeEnd() {
    int end = held.length();
    int block = held.lastIndexOf("-----BEGIN ");
    if (block >= 0 && held.indexOf("-----END ", block) < 0) {
      end = block;
    }
    // of a longer word everything is told in any case
    int oldest = Math.max(0, held.length() - MOST);
    int word = held.length();
    while (word > oldest && isOfKey(held.charAt(word - 1))) {
      word--;
    }
    end = Math.min(end, KeyPatterns.mayBegin(held, word));
    // of a header the value is the word behind its scheme
    int scheme = lastScheme(word);
    if (scheme >= 0) {
      end = Math.min(end, scheme);
    }
    end = Math.min(end, Redact.known().beginOfPart(held, 1));
    return held.length() - end > MOST ? held.length() : end;
  }

  /** Where {@code Bearer} or {@code Basic} stands right before the last word; -1 for nowhere. */
  private int lastScheme(int word) {
    int end = word;
    while (end > 0 && word - end < 4 && held.charAt(end - 1) <= ' ') {
      end--;
    }
    for (String scheme : new String[] {"bearer", "basic"}) {
      int at = end - scheme.length();
      if (end < word && at >= 0 && held.substring(at, end).equalsIgnoreCase(scheme)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isOfKey(char c) {
    return c > ' ' && c < 127 && c != '"' && c != '\'' && c != '<' && c != '>' && c != ',';
  }
}
