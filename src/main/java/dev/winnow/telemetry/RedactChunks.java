package dev.winnow.telemetry;

import java.util.function.IntUnaryOperator;

/**
 * Takes secrets out of text that arrives in pieces: holds back what may be the beginning of one
 * until the next piece, or the end, tells. Not thread-safe.
 */
public final class RedactChunks {

  /** More than this is not held back: no key is that long, but a private key's block may be. */
  private static final int MOST = 16 * 1024;

  private final StringBuilder held = new StringBuilder();

  /** Characters of a word at the end of what was told. */
  private int word;

  /** What can be told of the text so far, beyond what was told before. */
  public String add(String chunk) {
    held.append(chunk);
    int end = safeEnd();
    String told = held.substring(0, end);
    held.delete(0, end);
    String clean = Redact.text(told, word);
    word = Unwrapped.wordAtEnd(told, word);
    return clean;
  }

  /** The rest; the next piece begins a new text. */
  public String end() {
    String told = Redact.text(held.toString(), word);
    held.setLength(0);
    word = 0;
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
    end = Math.min(end, beforeWord(wordAt(held.length(), oldest)));
    // what only looks like a key is not held back for ever; what is known to be one has an end
    end = held.length() - end > MOST ? held.length() : end;
    Unwrapped unwrapped = Unwrapped.of(held, word);
    while (true) {
      int cut = outside(held, end, at -> at);
      cut = unwrapped == null ? cut : outside(unwrapped.text(), cut, unwrapped::place);
      // where a known secret may begin in the middle of what may be a key, that begins before
      int start = wordAt(cut, oldest);
      if (start == cut || cut == held.length() || !isOfKey(held.charAt(cut))) {
        return cut;
      }
      end = Math.min(cut, beforeWord(start));
      if (end == cut) {
        return cut;
      }
    }
  }

  /** Where the word begins that ends here; not before the oldest place. */
  private int wordAt(int end, int oldest) {
    int start = end;
    while (start > oldest && isOfKey(held.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /** Where a key begins that this word may be a part of. */
  private int beforeWord(int start) {
    int key = KeyPatterns.mayBegin(held, start);
    // of a header the value is the word behind its scheme
    int scheme = lastScheme(start);
    return scheme >= 0 ? Math.min(key, scheme) : key;
  }

  /**
   * The end, or before it the beginning of a known secret that it would cut, complete or not.
   *
   * @param place of a character of the text in what is held
   */
  private static int outside(CharSequence text, int wanted, IntUnaryOperator place) {
    KnownSecrets known = Redact.known();
    int part = known.beginOfPart(text, 1);
    int end = part < text.length() ? Math.min(wanted, place.applyAsInt(part)) : wanted;
    KnownSecrets.Found found = known.next(text, 0);
    while (found != null && place.applyAsInt(found.start()) < end) {
      if (place.applyAsInt(found.end() - 1) >= end) {
        return place.applyAsInt(found.start());
      }
      found = known.next(text, found.end());
    }
    return end;
  }

  /** Where {@code Bearer} or {@code Basic} stands right before the last word; -1 for nowhere. */
  private int lastScheme(int last) {
    int end = last;
    while (end > 0 && last - end < 4 && held.charAt(end - 1) <= ' ') {
      end--;
    }
    for (String scheme : new String[] {"bearer", "basic"}) {
      int at = end - scheme.length();
      if (end < last && at >= 0 && held.substring(at, end).equalsIgnoreCase(scheme)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isOfKey(char c) {
    return c > ' ' && c < 127 && c != '"' && c != '\'' && c != '<' && c != '>' && c != ',';
  }
}
