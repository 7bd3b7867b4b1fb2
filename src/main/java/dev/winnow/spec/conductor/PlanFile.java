package dev.winnow.spec.conductor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code plan.md}: phases and tasks, read leniently, changed only where a task is marked. */
public final class PlanFile {

  private static final Pattern PHASE =
      Pattern.compile(
          "#{2,3}\\s+(?:Phase\\s+(\\d+)\\s*[:.-]\\s*)?(.*?)(\\s+\\[checkpoint:\\s*([0-9a-f]*)])?\\s*");
  private static final Pattern TASK =
      Pattern.compile(
          "[-*]\\s+\\[([ ~xX])]\\s+(?:\\**Task:?\\**:?\\s*)?(.*?)(\\s+\\[?([0-9a-f]{7,40})]?)?\\s*");
  private static final Pattern SUBTASK =
      Pattern.compile("(?: {2,}|\\t)\\s*[-*]\\s+\\[([ ~xX])]\\s+(.*?)\\s*");
  private static final Pattern MANUAL = Pattern.compile("(?i).*\\bUser Manual Verification\\b.*");

  /**
   * A task.
   *
   * @param phase its phase's name, empty without one
   * @param commit abbreviated id of the commit that did it, empty before
   * @param manual a person does it
   */
  public record Task(
      int line,
      String phase,
      Marker marker,
      String text,
      String commit,
      boolean manual,
      List<Subtask> subtasks) {
    public Task {
      subtasks = List.copyOf(subtasks);
    }
  }

  public record Subtask(int line, Marker marker, String text) {}

  /**
   * A phase.
   *
   * @param line of its heading; -1 for tasks before any
   */
  public record Phase(int line, String name, String checkpoint, List<Task> tasks) {
    public Phase {
      tasks = List.copyOf(tasks);
    }
  }

  private final TextLines lines;

  public PlanFile(byte[] content) {
    this.lines = new TextLines(content);
  }

  /** All phases that have tasks; tasks that stand before any heading are a phase without name. */
  public List<Phase> phases() {
    List<Phase> phases = new ArrayList<>();
    List<String> text = lines.meaningful();
    int heading = -1;
    String name = "";
    String checkpoint = "";
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i <= text.size(); i++) {
      String line = i < text.size() ? text.get(i) : "## end";
      Matcher phase = PHASE.matcher(line);
      if (phase.matches()) {
        if (!tasks.isEmpty()) {
          phases.add(new Phase(heading, name, checkpoint, tasks));
        }
        heading = i;
        name = phase.group(2);
        checkpoint = phase.group(4) == null ? "" : phase.group(4);
        tasks = new ArrayList<>();
        continue;
      }
      Matcher task = TASK.matcher(line);
      if (task.matches()) {
        tasks.add(task(i, name, task, text));
      }
    }
    return phases;
  }

  private static Task task(int at, String phase, Matcher task, List<String> text) {
    Marker marker = Marker.of(task.group(1));
    // the last word of an open task can look like a commit and is not one
    boolean commit = marker == Marker.DONE && task.group(4) != null;
    String words = commit || task.group(3) == null ? task.group(2) : task.group(2) + task.group(3);
    List<Subtask> subtasks = new ArrayList<>();
    for (int i = at + 1; i < text.size(); i++) {
      Matcher subtask = SUBTASK.matcher(text.get(i));
      if (subtask.matches()) {
        subtasks.add(new Subtask(i, Marker.of(subtask.group(1)), subtask.group(2)));
      } else if (!text.get(i).isBlank()
          && !text.get(i).startsWith(" ")
          && !text.get(i).startsWith("\t")) {
        break;
      }
    }
    return new Task(
        at,
        phase,
        marker,
        words.strip(),
        commit ? task.group(4) : "",
        MANUAL.matcher(task.group(2)).matches(),
        subtasks);
  }

  public List<Task> tasks() {
    return phases().stream().flatMap(phase -> phase.tasks().stream()).toList();
  }

  /** The task in progress, else the first open one; empty when all are done. */
  public Optional<Task> next() {
    List<Task> open = tasks().stream().filter(t -> t.marker() != Marker.DONE).toList();
    return open.stream()
        .filter(t -> t.marker() == Marker.IN_PROGRESS)
        .findFirst()
        .or(() -> open.stream().findFirst());
  }

  /** Whether every task is done, or nothing was ever to be done. */
  public boolean isDone() {
    return next().isEmpty();
  }

  /**
   * Marks a task and its subtasks as done; a phase in which all is done gets a checkpoint.
   *
   * @param text of the task as it was read; lines may have moved since
   * @param commit its full id
   * @return false when there is no such open task any more
   */
  public boolean markDone(String phase, String text, String commit) {
    Optional<Task> found =
        tasks().stream()
            .filter(t -> t.marker() != Marker.DONE && t.text().equals(text))
            .min(java.util.Comparator.comparing(t -> !t.phase().equals(phase)));
    if (found.isEmpty()) {
      return false;
    }
    Task task = found.get();
    String sha = commit.substring(0, Math.min(7, commit.length()));
    mark(task.line());
    String line = lines.get(task.line());
    int end = line.stripTrailing().length();
    lines.replace(task.line(), end, end, " " + sha);
    task.subtasks().stream()
        .filter(sub -> sub.marker() != Marker.DONE)
        .forEach(sub -> mark(sub.line()));
    for (Phase one : phases()) {
      boolean over = one.tasks().stream().allMatch(t -> t.marker() == Marker.DONE);
      boolean its = one.tasks().stream().anyMatch(t -> t.line() == task.line());
      if (its && over && one.line() >= 0 && one.checkpoint().isEmpty()) {
        String heading = lines.get(one.line());
        int at = heading.replaceFirst("\\s*\\[checkpoint:\\s*]\\s*$", "").stripTrailing().length();
        lines.replace(one.line(), at, heading.length(), " [checkpoint: " + sha + "]");
      }
    }
    return true;
  }

  private void mark(int line) {
    int bracket = lines.get(line).indexOf('[');
    lines.replace(line, bracket + 1, bracket + 2, Marker.DONE.text());
  }

  public byte[] bytes() {
    return lines.bytes();
  }
}
