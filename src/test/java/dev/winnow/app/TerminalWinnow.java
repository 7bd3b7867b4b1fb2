package dev.winnow.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program at a real terminal: util-linux' script gives it a pseudo terminal. */
final class TerminalWinnow implements AutoCloseable {

  private final Process process;
  private final StringBuilder shown = new StringBuilder();
  private int read;

  private TerminalWinnow(Process process) {
    this.process = process;
  }

  static TerminalWinnow start(TestCommandLine setting, Map<String, String> more, String... args)
      throws IOException {
    List<String> argv = new ArrayList<>(ChildClasses.java());
    argv.addAll(ChildClasses.options());
    argv.addAll(List.of("-Dwinnow.tty=out,err,in", Main.class.getName()));
    argv.addAll(List.of(args));
    String command = String.join(" ", argv.stream().map(Shell::quote).toList());
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qfec", command, "/dev/null")
            .directory(setting.data().toFile())
            .redirectErrorStream(true);
    builder.environment().remove("DATABASE_URL");
    builder.environment().put("TERM", "xterm");
    builder.environment().put("NO_COLOR", "1");
    builder.environment().putAll(setting.environment());
    builder.environment().putAll(more);
    return new TerminalWinnow(builder.start());
  }

  /** Waits until this is on the screen, after what was waited for before. */
  TerminalWinnow sees(String text) throws IOException {
    InputStream out = process.getInputStream();
    byte[] buffer = new byte[4096];
    while (shown.indexOf(text, read) < 0) {
      int count = out.read(buffer);
      if (count < 0) {
        throw new AssertionError("'%s' was not shown in:\n%s".formatted(text, shown));
      }
      shown.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
    }
    read = shown.indexOf(text, read) + text.length();
    return this;
  }

  TerminalWinnow types(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return this;
  }

  /** Reads to the end; the exit code. */
  int ends() throws IOException, InterruptedException {
    shown.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    return process.waitFor();
  }

  String shown() {
    return shown.toString();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
