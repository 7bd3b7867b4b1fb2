package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks through all processes of the machine. With java.io, because this happens after commands and
 * reads a file of each process: half the time of java.nio.file, a tenth of ProcessHandle.
 */
final class ProcessTable {

  private static final File PROC = new File("/proc");

  // of the beginning of a file: the longest that anybody here looks at is a command line
  private static final int READ_BYTES = 16 * 1024;

  private final byte[] buffer = new byte[READ_BYTES];

  /** The ids of the processes that have this property. */
  List<Long> matching(Predicate<String> property) {
    String[] names = PROC.list();
    if (names == null) {
      throw new WinnowException(WinnowException.Category.SANDBOX, "/proc cannot be read");
    }
    List<Long> found = new ArrayList<>();
    for (String name : names) {
      if (Character.isDigit(name.charAt(0)) && property.test(name)) {
        found.add(Long.valueOf(name));
      }
    }
    return found;
  }

  /** The beginning of a file of a process, empty when the process ended meanwhile. */
  String read(String process, String file) {
    try (FileInputStream in = new FileInputStream(PROC + "/" + process + "/" + file)) {
      return new String(buffer, 0, Math.max(0, in.read(buffer)), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
