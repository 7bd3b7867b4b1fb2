package dev.winnow.agent.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback that writes whatever bytes a test wants, right or wrong HTTP. */
final class HostileServer implements AutoCloseable {

  /** Writes the answer to one request; an exception is the client that went away. */
  interface Answer {
    void write(String path, OutputStream out) throws Exception;
  }

  private final ServerSocket socket;
  private final Answer answer;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> clientGone = new CompletableFuture<>();

  HostileServer(Answer answer) throws IOException {
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answer = answer;
    Thread.ofVirtual().start(this::accept);
  }

  /** A server that gives this to each request. */
  static HostileServer giving(String head, byte[] body) throws IOException {
    return new HostileServer((_, out) -> {
      out.write(
          ("HTTP/1.1 " + head + "\r\nContent-Length: " + body.length + "\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
    });
  }

  int port() {
    return socket.getLocalPort();
  }

  /** The request heads so far. */
  List<String> heads() {
    return List.copyOf(heads);
  }

  /** Done when the client closed a connection before the answer was over. */
  CompletableFuture<Void> clientGone() {
    return clientGone;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder head = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append(line).append('\n');
      }
      heads.add(head.toString());
      String[] words = head.toString().split(" ", 3);
      answer.write(words.length > 1 ? words[1] : "", client.getOutputStream());
    } catch (Exception e) {
      clientGone.complete(null);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
