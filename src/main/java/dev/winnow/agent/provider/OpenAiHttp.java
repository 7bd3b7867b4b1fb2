package dev.winnow.agent.provider;

import static java.util.Objects.requireNonNull;

import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** Carries the requests of OpenAI's SDK over Winnow's connections, each within its attempt. */
final class OpenAiHttp implements HttpClient {

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    HttpRequestBody body = requireNonNull(request.body());
    return new Answered(
        OpenStream.current()
            .open(
                request.url(),
                request.headers().names(),
                request.headers()::values,
                body.contentType(),
                body::writeTo));
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
