package dev.winnow.agent.provider;

import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Carries the requests of OpenAI's SDK over Winnow's connections, each within its attempt. */
final class OpenAiHttp implements HttpClient {

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HttpRequestBody body = request.body();
    if (body != null) {
      body.writeTo(bytes);
    }
    Map<String, Iterable<String>> headers = new TreeMap<>();
    request.headers().names().forEach(name -> headers.put(name, request.headers().values(name)));
    if (body != null && body.contentType() != null) {
      headers.put("Content-Type", List.of(body.contentType()));
    }
    return new Answered(OpenStream.current().open(request.url(), headers, bytes));
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    throw new UnsupportedOperationException("calls block their own thread");
  }

  @Override
  public void close() {
    // the connections belong to all calls
  }

  private record Answered(Transport.Answer answer) implements HttpResponse {
    @Override
    public int statusCode() {
      return answer.status();
    }

    @Override
    public Headers headers() {
      Headers.Builder headers = Headers.builder();
      answer.headers().forEach(headers::put);
      return headers.build();
    }

    @Override
    public InputStream body() {
      return answer.body();
    }

    @Override
    public void close() {
      answer.body().close();
    }
  }
}
