package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Task;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Gets the task from the command line, a file or stdin. */
final class ReadTask {

  /** More than any task that is accepted, so that the refusal can tell its length. */
  private static final int MOST_BYTES = 8 << 20;

  private final Context context;

  ReadTask(Context context) {
    this.context = context;
  }

  Task read(@Nullable String text, @Nullable String file) {
    if ((text == null) == (file == null)) {
      throw WinnowException.usage(
          text == null
              ? "no task: say what should change with --task TEXT or --task-file FILE"
              : "--task and --task-file exclude each other");
    }
    return new Task(text != null ? text : fromFile(String.valueOf(file)));
  }

  private String fromFile(String file) {
    try {
      if (file.equals("-")) {
        return decode("stdin", context.console().in());
      }
      Path path = context.directory().resolve(file);
      if (!Files.exists(path)) {
        throw WinnowException.usage(path + " does not exist: give --task-file a text file, or -");
      }
      if (Files.isDirectory(path)) {
        throw WinnowException.usage(path + " is a directory: give --task-file a text file, or -");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return decode(path.toString(), in);
      }
    } catch (CharacterCodingException e) {
      throw WinnowException.usage("the task in " + file + " is not UTF-8 text");
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw WinnowException.usage("cannot read the task from " + file + ": " + e.getMessage());
    }
  }

  private static String decode(String name, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw WinnowException.usage("the task in %s is larger than 8 MiB".formatted(name));
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
