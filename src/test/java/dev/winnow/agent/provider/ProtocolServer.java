package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server on a raw socket, so that an answer can be cut, held back or trickle. Each request
 * goes to the behaviour; connections are kept alive like those of real providers.
 */
public final class ProtocolServer implements AutoCloseable {

  /** A request as it came. */
  public record Received(String method, String path, Map<String, String> headers, JsonNode body) {}

  /** Answers one request; returning without having ended the answer cuts the connection. */
  public interface Behaviour {
    void answer(Received request, Reply reply) throws IOException;
  }

  private final ServerSocket socket;
  private final Behaviour behaviour;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);

  public ProtocolServer(Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      this.socket = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  public List<Received> received() {
    return received;
  }

  int connections() {
    return connections.get();
  }

  /** Waits for the first request. */
  public void awaitRequest() {
    await(arrived, "no request came");
  }

  /** Waits until a client that got no full answer has closed its connection. */
  public void awaitClientGone() {
    await(gone, "the client is still connected");
  }

  private static void await(CountDownLatch latch, String otherwise) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError(otherwise);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        open.add(client);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      boolean more = true;
      while (more) {
        Received request = read(in);
        if (request == null) {
          return;
        }
        received.add(request);
        arrived.countDown();
        Reply reply = new Reply(in, client.getOutputStream());
        behaviour.answer(request, reply);
        more = reply.ended;
      }
    } catch (IOException e) {
      gone.countDown();
    } finally {
      open.remove(client);
    }
  }

  private static Received read(InputStream in) throws IOException {
    String first = line(in);
    if (first == null || first.isEmpty()) {
      return null;
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new IOException("the client left in the middle of its request");
    }
    String[] words = first.split(" ");
    JsonNode json =
        length == 0
            ? Json.mapper().nullNode()
            : Json.read(new String(body, StandardCharsets.UTF_8), JsonNode.class);
    return new Received(words[0], words[1], headers, json);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).strip();
      }
      line.write(b);
    }
    return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket client : open) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The answer to one request. */
  public static final class Reply {
    private final InputStream in;
    private final OutputStream out;
    private boolean ended;

    Reply(InputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
    }

    /** A whole answer with a length. */
    public void whole(int status, Map<String, String> headers, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      head(status, headers, "content-length: " + bytes.length);
      out.write(bytes);
      out.flush();
      ended = true;
    }

    /** The head of a stream of events. */
    public void begin() throws IOException {
      head(200, Map.of("content-type", "text/event-stream"), "transfer-encoding: chunked");
    }

    private void head(int status, Map<String, String> headers, String length) throws IOException {
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
      headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      out.write((head + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** Some of the stream. */
    public void send(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(bytes);
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    /** The end of the stream. */
    public void end() throws IOException {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      ended = true;
    }

    /** A whole stream. */
    public void stream(String events) throws IOException {
      begin();
      send(events);
      end();
    }

    /** Says nothing more, until the client leaves. */
    public void hang() throws IOException {
      if (in.read() < 0) {
        throw new IOException("the client left");
      }
    }

    /** Sends a comment again and again, until the client leaves. */
    public void trickle() throws IOException {
      CountDownLatch never = new CountDownLatch(1);
      try {
        while (!never.await(2, TimeUnit.MILLISECONDS)) {
          send(": still here\n\n");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }
}
