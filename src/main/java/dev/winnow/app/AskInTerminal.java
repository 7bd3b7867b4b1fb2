package dev.winnow.app;

import dev.winnow.spec.Answer;
import dev.winnow.spec.Planning;
import dev.winnow.spec.Question;
import dev.winnow.spec.RecordAnswers;
import dev.winnow.spec.RecordAnswers.Given;
import dev.winnow.spec.RecordAnswers.Result;
import dev.winnow.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Asks the questions of an interview at a terminal, with line editing. Each answer is kept at once,
 * so whoever stops goes on later where he was.
 */
final class AskInTerminal {

  private static final String HELP =
      """
      A number takes a suggestion; anything else is your answer. End a line with \\ to go on in the next.
      /back goes to the question before, /skip leaves this one open, /stop ends now and keeps your
      answers (so does Ctrl-D), /help shows this.\
      """;

  private final Console console;
  private final RecordAnswers answers;
  private final int columns;

  AskInTerminal(Console console, RecordAnswers answers, int columns) {
    this.console = console;
    this.answers = answers;
    this.columns = columns;
  }

  /** Asks what is open; the spec afterwards, with questions still open when the person stopped. */
  Spec ask(Spec spec) {
    console.flush();
    try (Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .systemOutput(TerminalBuilder.SystemOutput.SysErrOrSysOut)
            .build()) {
      if (terminal.getWidth() <= 0) {
        terminal.setSize(new Size(columns, 24)); // nobody said: some containers do not
      }
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .option(LineReader.Option.INSERT_TAB, true)
              .build();
      return new Dialogue(terminal, reader, spec).run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One sitting. */
  private final class Dialogue {
    private final Terminal terminal;
    private final LineReader reader;
    private Spec spec;

    Dialogue(Terminal terminal, LineReader reader, Spec spec) {
      this.terminal = terminal;
      this.reader = reader;
      this.spec = spec;
    }

    Spec run() {
      Style style = console.errStyle();
      prose(style.dim(HELP.replace('\n', ' ')), 0);
      List<Question> questions = planning().questions();
      int at = next(0);
      while (at < questions.size()) {
        show(questions.get(at), at, questions.size());
        String said = read(questions.get(at));
        switch (said) {
          case "/stop" -> {
            return spec;
          }
          case "/help" -> prose(HELP.replace('\n', ' '), 0);
          case "/back" -> {
            if (at == 0) {
              prose("This is the first question.", 0);
            }
            at = Math.max(0, at - 1);
          }
          case "" -> prose("An empty answer is none: /skip leaves the question open.", 0);
          default -> {
            Question question = questions.get(at);
            if (said.startsWith("/") && !said.equals("/skip") && said.matches("/[a-z]+")) {
              prose("There is no " + SafeText.line(said, 40) + ".", 0);
              prose(HELP.replace('\n', ' '), 0);
            } else if (keep(given(question, said))) {
              at = next(at + 1);
            }
          }
        }
      }
      return spec;
    }

    private Planning planning() {
      return Objects.requireNonNull(spec.artifacts().planning());
    }

    /** The next one without an answer; after {@code /back} those in between are not asked again. */
    private int next(int from) {
      List<Question> questions = planning().questions();
      int at = from;
      while (at < questions.size() && planning().answer(questions.get(at).id()).isPresent()) {
        at++;
      }
      return at;
    }

    private void show(Question question, int at, int of) {
      Style style = console.errStyle();
      terminal.writer().println();
      prose(
          style.bold("%d of %d  ".formatted(at + 1, of))
              + SafeText.line(question.question(), 2_000),
          0);
      prose(style.dim("Why: " + SafeText.line(question.rationale(), 2_000)), 2);
      int number = 0;
      for (String suggestion : question.suggestions()) {
        prose("%d) %s".formatted(++number, SafeText.line(suggestion, 400)), 4);
      }
      terminal.flush();
    }

    private String read(Question question) {
      String before =
          planning().answer(question.id()).map(Answer::text).orElse("").replace('\n', ' ');
      try {
        StringBuilder said =
            new StringBuilder(reader.readLine("> ", null, (Character) null, before));
        while (said.toString().endsWith("\\")) {
          said.setLength(said.length() - 1);
          said.append('\n').append(reader.readLine(". "));
        }
        return said.toString().strip();
      } catch (EndOfFileException | UserInterruptException e) {
        return "/stop";
      }
    }

    private Given given(Question question, String said) {
      if (said.equals("/skip")) {
        return Given.skip(question.id());
      }
      int suggestions = question.suggestions().size();
      boolean number = said.matches("[1-9]") && Integer.parseInt(said) <= suggestions;
      return Given.text(
          question.id(), number ? question.suggestions().get(Integer.parseInt(said) - 1) : said);
    }

    /** Whether it is kept; not when somebody else answered meanwhile. */
    private boolean keep(Given given) {
      return switch (answers.record(
          spec.id(), List.of(given), spec.version(), PlanOptions.submitter())) {
        case Result.Saved saved -> {
          spec = saved.spec();
          yield true;
        }
        case Result.Conflict conflict -> {
          spec = conflict.spec();
          prose(SafeText.line(conflict.message(), 2_000), 0);
          planning()
              .answer(given.question())
              .ifPresent(a -> prose("Now there is: " + SafeText.line(a.text(), 2_000), 2));
          yield false;
        }
      };
    }

    private void prose(String text, int indent) {
      WrapText.lines(" ".repeat(indent) + text, columns, indent + 2)
          .forEach(terminal.writer()::println);
      terminal.flush();
    }
  }
}
