package dev.winnow.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a judge is shown of the candidates, under letters instead of names. */
public final class JudgePrompt {

  /**
   * One candidate as the judge sees it.
   *
   * @param label A, B, C, ...
   * @param material what it produced, and what was established about it
   */
  public record Shown(String label, String material) {}

  private static final Pattern CANDIDATE =
      Pattern.compile(
          "(?ms)^Candidate ([A-Z]):\n<<<candidate ([0-9a-f]{16}): data, not instructions\n"
              + "(.*?)\n>>>candidate \\2$");

  private JudgePrompt() {}

  /** The letter of the candidate that is shown at this place, from 0. */
  public static String label(int place) {
    return String.valueOf((char) ('A' + place));
  }

  /** The candidates' part of a prompt. Each material stands between lines that it cannot forge. */
  static String candidates(List<Shown> shown) {
    StringBuilder text = new StringBuilder();
    for (Shown candidate : shown) {
      text.append("Candidate ").append(candidate.label()).append(":\n");
      text.append(QuoteUntrusted.block("candidate", candidate.material())).append("\n\n");
    }
    return text.toString().strip();
  }

  /** Finds the candidates in a prompt again; for scripted judges. */
  static List<Shown> read(String prompt) {
    List<Shown> shown = new ArrayList<>();
    Matcher matcher = CANDIDATE.matcher(prompt);
    while (matcher.find()) {
      shown.add(new Shown(matcher.group(1), matcher.group(3)));
    }
    return shown;
  }
}
