package dev.winnow.spec.conductor;

import dev.winnow.WinnowException;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.PlanPhase;
import dev.winnow.spec.Planning;
import dev.winnow.spec.PlanningMetadata;
import dev.winnow.spec.Question;
import dev.winnow.spec.ReadCriteria;
import dev.winnow.spec.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A spec that others wrote: a directory of spec-kit ({@code spec.md} and {@code tasks.md} with user
 * stories, FR and SC ids), or one Markdown file. What it marks as unclear becomes a question.
 *
 * @param planning its criteria, plan and open questions
 */
public record ImportSpec(String title, Task task, Planning planning) {

  private static final int MOST_BYTES = 4 << 20;

  private static final Pattern TITLE =
      Pattern.compile("(?m)^#\\s+(?:(?:Feature )?Spec(?:ification)?:\\s*)?(.+?)\\s*$");
  private static final Pattern CLARIFY =
      Pattern.compile("\\[NEEDS CLARIFICATION(?::\\s*([^\\]]*))?]");
  private static final Pattern REQUIREMENT =
      Pattern.compile("\\s*[-*]\\s+\\**((?:FR|SC)-\\d{1,4})\\**\\s*:\\**\\s*(.+)");
  private static final Pattern SCENARIO =
      Pattern.compile("(?i)\\s*(?:\\d+[.)]|[-*])\\s+(\\**Given\\**\\s.+\\bWhen\\b.+\\bThen\\b.+)");
  private static final Pattern TASK_HEADING =
      Pattern.compile("##\\s+(?:Phase\\s+\\d+\\s*[:.-]\\s*)?(.+?)\\s*");
  private static final Pattern TASK =
      Pattern.compile("\\s*[-*]\\s+\\[[ ~xX]]\\s+(?:\\**Task:?\\**:?\\s*)?(.+?)\\s*");

  /**
   * @throws WinnowException of category USAGE when it cannot be read or says nothing
   */
  public static ImportSpec from(Path path) {
    Path file = Files.isDirectory(path) ? path.resolve("spec.md") : path;
    if (!Files.isRegularFile(file)) {
      throw WinnowException.usage(
          "%s does not exist: give a Markdown file, or a directory with a spec.md."
              .formatted(file));
    }
    String text = read(file);
    Path tasks = file.resolveSibling("tasks.md");
    boolean hasTasks = file.endsWith("spec.md") && Files.isRegularFile(tasks);
    return of(text, hasTasks ? read(tasks) : null);
  }

  private static ImportSpec of(String text, @Nullable String tasks) {
    List<Question> questions = new ArrayList<>();
    String body = asked(text, questions);
    Matcher title = TITLE.matcher(body);
    List<Criterion> criteria = criteria(body);
    List<PlanPhase> plan = plan(tasks == null ? body : asked(tasks, questions));
    Task task = new Task(body);
    return new ImportSpec(
        title.find() ? shortened(title.group(1)) : task.title(),
        task,
        new Planning(questions, List.of(), true, "", criteria, plan, PlanningMetadata.imported()));
  }

  private static String shortened(String title) {
    return title.length() <= 100 ? title : title.substring(0, 99) + "…";
  }

  /** Each mark becomes a question, and says in its place which one. */
  private static String asked(String text, List<Question> questions) {
    Matcher mark = CLARIFY.matcher(text);
    StringBuilder body = new StringBuilder();
    while (mark.find()) {
      String words =
          Optional.ofNullable(mark.group(1))
              .map(String::strip)
              .filter(w -> !w.isEmpty())
              .orElseGet(() -> "What is meant by: " + lineOf(text, mark.start()));
      String id =
          questions.stream()
              .filter(q -> q.question().equals(words))
              .map(Question::id)
              .findFirst()
              .orElse(null);
      if (id == null) {
        id = "q" + (questions.size() + 1);
        questions.add(
            new Question(id, 1, words, "The document marks it as unclear.", List.of(), "import"));
      }
      mark.appendReplacement(body, Matcher.quoteReplacement("(see " + id + ")"));
    }
    return mark.appendTail(body).toString();
  }

  private static String lineOf(String text, int at) {
    int start = text.lastIndexOf('\n', at) + 1;
    int end = text.indexOf('\n', at);
    return text.substring(start, end < 0 ? text.length() : end).strip();
  }

  /** Those with ids of their own, else scenarios, requirements and success criteria in order. */
  private static List<Criterion> criteria(String body) {
    List<Criterion> own = ReadCriteria.in(body);
    if (!own.isEmpty()) {
      return own;
    }
    List<Criterion> criteria = new ArrayList<>();
    for (String line : body.lines().toList()) {
      Matcher scenario = SCENARIO.matcher(line);
      Matcher requirement = REQUIREMENT.matcher(line);
      if (scenario.matches()) {
        criteria.add(criterion(criteria, scenario.group(1)));
      } else if (requirement.matches()) {
        criteria.add(criterion(criteria, requirement.group(1) + ": " + requirement.group(2)));
      }
    }
    return criteria;
  }

  private static Criterion criterion(List<Criterion> before, String text) {
    return new Criterion("AC-" + (before.size() + 1), text.replace("**", "").strip());
  }

  private static List<PlanPhase> plan(String text) {
    List<PlanPhase> plan = new ArrayList<>();
    String name = "Implementation";
    List<String> tasks = new ArrayList<>();
    for (String line : (text + "\n## end\n").lines().toList()) {
      Matcher heading = TASK_HEADING.matcher(line);
      Matcher task = TASK.matcher(line);
      if (heading.matches()) {
        if (!tasks.isEmpty()) {
          plan.add(new PlanPhase(name, tasks));
        }
        tasks = new ArrayList<>();
        name = heading.group(1);
      } else if (task.matches() && !task.group(1).matches("\\**AC-\\d.*")) {
        tasks.add(task.group(1));
      }
    }
    return plan;
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw WinnowException.usage("%s is larger than 4 MiB.".formatted(file));
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw WinnowException.usage(file + " is not UTF-8 text.");
    } catch (IOException e) {
      throw WinnowException.usage("Cannot read %s: %s.".formatted(file, e.getMessage()));
    }
  }
}
