package dev.winnow.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Socket} over a Unix domain socket. The channel is non-blocking and waits in a selector,
 * for two reasons: reads need a timeout, and an interrupt must not close the connection (it closes
 * a blocking channel, and with it somebody's transaction). An interrupt stays pending until the
 * call is done.
 *
 * <p>One thread reads and one writes at a time, as the driver does; {@link #close} may come from
 * any thread and ends both.
 */
final class UnixSocket extends Socket {

  private final Path path;
  private @Nullable SocketChannel channel;
  private @Nullable Selector readable;
  private @Nullable Selector writable;
  private volatile int timeoutMillis;
  private volatile boolean closed;

  UnixSocket(Path path) {
    this.path = path;
  }

  @Override
  public void connect(SocketAddress ignored, int timeout) throws IOException {
    SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // completes or fails at once: there is no network in between
      opened.connect(UnixDomainSocketAddress.of(path));
      opened.configureBlocking(false);
      channel = opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  private SocketChannel channel() throws SocketException {
    SocketChannel open = channel;
    if (open == null || closed) {
      throw new SocketException("socket is closed");
    }
    return open;
  }

  private int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    int count = channel().read(buffer);
    if (count != 0) {
      return count;
    }
    Selector selector = readable;
    if (selector == null) {
      selector = register(SelectionKey.OP_READ);
      readable = selector;
    }
    int timeout = timeoutMillis;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    while ((count = channel().read(buffer)) == 0) {
      long left = 0;
      if (timeout > 0) {
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new SocketTimeoutException("no answer in " + timeout + " ms");
        }
      }
      await(selector, left);
    }
    return count;
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    channel().write(buffer);
    while (buffer.hasRemaining()) {
      Selector selector = writable;
      if (selector == null) {
        selector = register(SelectionKey.OP_WRITE);
        writable = selector;
      }
      await(selector, 0);
      channel().write(buffer);
    }
  }

  private Selector register(int operation) throws IOException {
    Selector selector = Selector.open();
    channel().register(selector, operation);
    return selector;
  }

  private static void await(Selector selector, long millis) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      selector.select(millis);
      selector.selectedKeys().clear();
    } catch (java.nio.channels.ClosedSelectorException e) {
      throw new SocketException("socket is closed");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return UnixSocket.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return UnixSocket.this.read(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        UnixSocket.this.write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        UnixSocket.this.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (var part : new AutoCloseable[] {channel, readable, writable}) {
      if (part != null) {
        try {
          part.close();
        } catch (IOException e) {
          throw e;
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isConnected() {
    return channel != null;
  }

  @Override
  public void setSoTimeout(int millis) {
    timeoutMillis = millis;
  }

  @Override
  public int getSoTimeout() {
    return timeoutMillis;
  }

  // the driver sets these on every socket; they mean nothing here

  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public void setReceiveBufferSize(int size) {}

  @Override
  public void setSendBufferSize(int size) {}

  @Override
  public int getReceiveBufferSize() {
    return 64 * 1024;
  }

  @Override
  public int getSendBufferSize() {
    return 64 * 1024;
  }
}
