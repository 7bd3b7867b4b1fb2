package dev.winnow.run;

import dev.winnow.checkpoint.RunEvent;
import dev.winnow.spec.Task;
import java.text.Normalizer;
import java.util.Locale;
import java.util.UUID;

/** Puts the winner's commit on a new branch of the user's repository, and nothing else. */
final class DeliverWinner {

  private static final int SLUG_CHARS = 40;

  private DeliverWinner() {}

  /** The branch's name. One step: what happened before a crash is found again by its commit. */
  static String deliver(RunSetting setting, String commit) {
    String name = branchName(setting.task(), setting.run());
    String branch =
        setting
            .steps()
            .step("deliver", commit, String.class, () -> setting.mirror().deliver(name, commit));
    setting.events().accept(new RunEvent.Delivered(branch, commit));
    return branch;
  }

  static String branchName(Task task, UUID run) {
    return "winnow/" + slug(task) + "-" + shortId(run);
  }

  /**
   * The commit of a candidate; the message says where it comes from. The same run gives the same
   * commit on every node and in every attempt.
   */
  static String commit(RunSetting setting, Candidate candidate) {
    return setting
        .mirror()
        .commit(
            candidate.tree(),
            setting.base(),
            "%s%n%n%sWinnow-Run: %s%nWinnow-Candidate: %s (%s)%n"
                .formatted(
                    setting.task().title(),
                    body(setting.task()),
                    setting.run(),
                    candidate.id(),
                    candidate.agent()),
            setting.created());
  }

  private static String body(Task task) {
    boolean oneLine = task.text().equals(task.title());
    String text = task.text().length() > 4000 ? task.text().substring(0, 4000) + "…" : task.text();
    return oneLine ? "" : text + "\n\n";
  }

  static String shortId(UUID run) {
    String id = run.toString();
    return id.substring(id.length() - 8);
  }

  private static String slug(Task task) {
    String ascii =
        Normalizer.normalize(task.title(), Normalizer.Form.NFKD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-");
    String cut = ascii.substring(0, Math.min(SLUG_CHARS, ascii.length()));
    String slug = cut.replaceAll("^-+|-+$", "");
    return slug.isEmpty() ? "change" : slug;
  }
}
