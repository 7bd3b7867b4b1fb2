package report;

import words.Words;

/** The first line of a report. */
public final class Headline {

  private Headline() {}

  public static String of(String title, String body) {
    return "%s (%d words)".formatted(Words.normalize(title), Words.count(body));
  }
}
