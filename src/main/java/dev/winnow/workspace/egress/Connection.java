package dev.winnow.workspace.egress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client's connection to a proxy: the streams, and the answers that every proxy gives. */
public final class Connection {

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;

  public Connection(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
    this.out = Channels.newOutputStream(channel);
  }

  public InputStream in() {
    return in;
  }

  public OutputStream out() {
    return out;
  }

  /** Answers with one line of text; the connection is to be closed after it. */
  public void answer(int status, String reason, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(status, reason, body.length);
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  /** Does the reading; closes the connection when that takes longer. */
  <T> T within(Duration time, Reading<T> reading) throws IOException {
    AtomicBoolean done = new AtomicBoolean();
    Thread timer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(time);
                if (done.compareAndSet(false, true)) {
                  channel.close();
                }
              } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt(); // it was read in time, or is closed already
              }
            });
    try {
      return reading.read();
    } finally {
      if (done.compareAndSet(false, true)) {
        timer.interrupt();
      }
    }
  }

  /** Something that reads. */
  interface Reading<T> {
    T read() throws IOException;
  }

  /** Copies both ways until both ends are over. */
  void join(SocketChannel server) throws IOException {
    Thread back = Thread.ofVirtual().name("proxy-answer").start(() -> copyBack(server));
    try {
      byte[] buffer = new byte[32 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          server.write(bytes);
        }
      }
      server.shutdownOutput();
    } catch (IOException e) {
      server.close();
    }
    try {
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void copyBack(SocketChannel server) {
    ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);
    try {
      while (server.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        buffer.clear();
      }
      channel.shutdownOutput();
    } catch (IOException e) {
      try {
        channel.close();
        server.close();
      } catch (IOException again) {
        // closed is what it should be
      }
    }
  }
}
