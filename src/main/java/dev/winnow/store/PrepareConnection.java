package dev.winnow.store;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.text.NumberFormat;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.logging.LogManager;

/**
 * Loads what the first connection of a process takes from the JDK: its logging, the numbers' and
 * the calendar's locales, the socket's random numbers. It is a third of a short command's time, and
 * runs beside the reading of settings.
 */
public final class PrepareConnection {

  private PrepareConnection() {}

  /** Begins on a thread of its own, which keeps nobody from exiting. */
  public static void start() {
    Thread.ofPlatform().daemon().name("prepare-connection").start(PrepareConnection::load);
  }

  // only classes of the JDK: the driver's, loaded from two threads, could wait for each other
  private static void load() {
    var _ = LogManager.getLogManager();
    var _ = NumberFormat.getIntegerInstance(Locale.getDefault());
    try {
      SocketChannel.open(StandardProtocolFamily.UNIX).close();
    } catch (IOException | UnsupportedOperationException e) {
      // whoever needs one will meet it too, and say what is wrong
    }
    var _ = new GregorianCalendar();
  }
}
