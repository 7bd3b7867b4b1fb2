import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Speaks OpenAI's Responses API: 100 ms a call; four tool calls, then a text. A judge gets a text at once. */
class LoopbackProvider {

  static final int MILLIS = Integer.getInteger("millis", 100);

  public static void main(String[] args) throws IOException {
    ServerSocket socket = new ServerSocket(0, 2000, InetAddress.getByName("127.0.0.1"));
    System.out.println("http://127.0.0.1:" + socket.getLocalPort());
    while (true) {
      Socket client = socket.accept();
      Thread.ofVirtual().start(() -> serve(client));
    }
  }

  static void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      while (true) {
        int length = 0;
        for (String line = Streams.line(in); !line.isEmpty(); line = Streams.line(in)) {
          if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(line.substring(15).strip());
          }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        int results = body.split("function_call_output", -1).length - 1;
        boolean text = results >= 4 || body.contains("JUDGE");
        Thread.sleep(MILLIS);
        byte[] answer =
            (Streams.OPENAI_START + (text ? TEXT : TOOL.formatted(results, results, results)) + END)
                .getBytes(StandardCharsets.UTF_8);
        out.write(
            ("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: " + answer.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(answer);
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // the client is gone
    }
  }

  static final String TEXT =
      Streams.event(
          "response.output_item.done",
          "\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\"done\",\"annotations\":[]}]}");
  static final String TOOL =
      Streams.event(
          "response.output_item.done",
          "\"output_index\":0,\"item\":{\"type\":\"function_call\",\"id\":\"fc_%d\",\"call_id\":\"call_%d\",\"name\":\"look\",\"arguments\":\"{\\\"n\\\":%d}\",\"status\":\"completed\"}");
  static final String END =
      Streams.event(
          "response.completed",
          "\"response\":{\"id\":\"resp_1\",\"status\":\"completed\",\"model\":\"gpt-5.1-codex\",\"output\":[],\"usage\":{\"input_tokens\":1000,\"output_tokens\":30}}");
}
