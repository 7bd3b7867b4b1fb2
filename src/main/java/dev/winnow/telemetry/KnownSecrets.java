package dev.winnow.telemetry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of secrets, all forms of them, and where they stand in a text. One pass with a
 * rolling hash over the first {@link #SHORTEST} characters of every form, so that the time does not
 * depend on how many secrets there are.
 */
final class KnownSecrets {

  /** Shorter ones would black out ordinary words. */
  static final int SHORTEST = 8;

  static final KnownSecrets NONE = new KnownSecrets(Set.of(), Set.of());

  private static final int BASE = 0x01000193;
  private static final int OLDEST = power(BASE, SHORTEST - 1);
  private static final int BITS = 1 << 16;

  /** Where a secret stands. */
  record Found(int start, int end) {}

  private final Set<String> secrets;
  private final Set<String> forms;
  private final Map<Integer, List<String>> formsByHash = new HashMap<>();
  private final Map<Character, List<String>> formsByFirst = new HashMap<>();
  private final long[] seen = new long[BITS / 64];
  private int longest;

  private KnownSecrets(Set<String> secrets, Set<String> forms) {
    this.secrets = secrets;
    this.forms = forms;
    for (String form : forms) {
      int hash = hash(form, 0);
      formsByHash.computeIfAbsent(hash, h -> new ArrayList<>()).add(form);
      formsByFirst.computeIfAbsent(form.charAt(0), c -> new ArrayList<>()).add(form);
      seen[bit(hash) / 64] |= 1L << (bit(hash) % 64);
      longest = Math.max(longest, form.length());
    }
    // the longest form that fits is taken: base64 of a longer secret may begin like a shorter one
    formsByHash.values().forEach(same -> same.sort((a, b) -> b.length() - a.length()));
  }

  /** These and more; the same object when all are known already or too short. */
  KnownSecrets with(Collection<String> more) {
    Set<String> all = new LinkedHashSet<>(secrets);
    Set<String> allForms = new LinkedHashSet<>(forms);
    for (String secret : more) {
      for (String part : SecretForms.parts(secret.strip())) {
        if (all.add(part)) {
          allForms.addAll(SecretForms.of(part));
        }
      }
    }
    return all.size() > secrets.size() ? new KnownSecrets(all, allForms) : this;
  }

  /** Characters of the longest form; 0 without any. */
  int longest() {
    return longest;
  }

  /** The first secret at or behind this place. */
  @Nullable Found next(CharSequence text, int from) {
    int last = text.length() - SHORTEST;
    if (longest == 0 || from > last) {
      return null;
    }
    int hash = hash(text, from);
    for (int at = from; ; at++) {
      if ((seen[bit(hash) / 64] & 1L << (bit(hash) % 64)) != 0) {
        int end = match(text, at, hash);
        if (end > 0) {
          return new Found(at, end);
        }
      }
      if (at == last) {
        return null;
      }
      hash = (hash - text.charAt(at) * OLDEST) * BASE + text.charAt(at + SHORTEST);
    }
  }

  private int match(CharSequence text, int at, int hash) {
    for (String form : formsByHash.getOrDefault(hash, List.of())) {
      if (begins(text, at, form, 0, form.length())) {
        return at + form.length();
      }
    }
    return -1;
  }

  /** Where a secret may begin of which the text has only the first part. */
  int beginOfPart(CharSequence text, int shortest) {
    for (int at = Math.max(0, text.length() - longest + 1); at <= text.length() - shortest; at++) {
      // by their first character: this is asked for each piece of a stream
      for (String form : formsByFirst.getOrDefault(text.charAt(at), List.of())) {
        int length = text.length() - at;
        if (length < form.length() && begins(text, at, form, 0, length)) {
          return at;
        }
      }
    }
    return text.length();
  }

  /** Where a secret ends of which the text has only the last part; 0 without one. */
  int endOfPart(CharSequence text, int shortest) {
    for (int end = Math.min(text.length(), longest - 1); end >= shortest; end--) {
      for (List<String> forms : formsByHash.values()) {
        for (String form : forms) {
          if (end < form.length() && begins(text, 0, form, form.length() - end, end)) {
            return end;
          }
        }
      }
    }
    return 0;
  }

  private static boolean begins(CharSequence text, int at, String form, int from, int length) {
    if (at + length > text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(at + i) != form.charAt(from + i)) {
        return false;
      }
    }
    return true;
  }

  private static int hash(CharSequence text, int from) {
    int hash = 0;
    for (int i = from; i < from + SHORTEST; i++) {
      hash = hash * BASE + text.charAt(i);
    }
    return hash;
  }

  private static int bit(int hash) {
    return (hash ^ (hash >>> 16)) & (BITS - 1);
  }

  private static int power(int base, int exponent) {
    int power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= base;
    }
    return power;
  }
}
