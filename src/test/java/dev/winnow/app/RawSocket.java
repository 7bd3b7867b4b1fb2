package dev.winnow.app;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A WebSocket byte by byte: it sends what no library would, and reads only when told to. */
final class RawSocket implements AutoCloseable {

  /**
   * What came of a frame.
   *
   * @param closeCode 0 for a frame that does not close
   */
  record Frame(boolean closes, int closeCode) {}

  private final Socket socket = new Socket();
  private final OutputStream out;
  private final DataInputStream in;
  private final boolean extended;

  /**
   * @param receiveBuffer how much the kernel keeps for a client that does not read; bytes
   */
  RawSocket(TestServer server, String authorization, int receiveBuffer) throws IOException {
    socket.setReceiveBufferSize(receiveBuffer);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write(
        String.join(
                "\r\n",
                "GET /api/v1/ws/agent HTTP/1.1",
                "Host: 127.0.0.1:" + server.port(),
                "Authorization: " + authorization,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                "",
                "")
            .getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException(head.toString());
    }
    extended = head.toString().toLowerCase(Locale.ROOT).contains("sec-websocket-extensions");
  }

  /** Whether the server has taken up compression, which is always offered. */
  boolean isExtended() {
    return extended;
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Sends a text of at most 125 bytes, masked with zeros. */
  void say(String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[payload.length + 6];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(payload, 0, frame, 6, payload.length);
    write(frame);
  }

  Frame next() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(in.readLong());
    }
    byte[] payload = in.readNBytes(length);
    boolean closes = first == 0x88;
    return new Frame(closes, closes ? (payload[0] & 0xff) << 8 | (payload[1] & 0xff) : 0);
  }

  /** The code with which the server closes, after everything that it sent before. */
  int closeCode() throws IOException {
    Frame frame = next();
    while (!frame.closes()) {
      frame = next();
    }
    return frame.closeCode();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
