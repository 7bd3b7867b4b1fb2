package dev.winnow.http;

import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers what is only looked at on the thread that has read the request, and everything else on a
 * virtual thread of its own: starting that, and waking it after each statement, is a tenth of the
 * time of a list. Of Jetty's threads there are few, so clients that do not read what they asked for
 * hold no more than some of them; whoever comes while those are taken gets a virtual one as well.
 */
final class AnswerAtOnce extends Handler.Wrapper {

  static final int MOST = 16;

  private final Semaphore places = new Semaphore(MOST);

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (isLook(request) && places.tryAcquire()) {
      try {
        return super.handle(request, response, callback);
      } finally {
        places.release();
      }
    }
    Thread.ofVirtual().name("request").start(() -> answer(request, response, callback));
    return true;
  }

  /** Not what waits for something to happen: that would hold a place for long. */
  private static boolean isLook(Request request) {
    String query = request.getHttpURI().getQuery();
    return request.getMethod().equals("GET")
        && (query == null || !query.contains("wait="))
        && !request.getHttpURI().getPath().endsWith("/events");
  }

  /** As Jetty does it on its own threads. */
  private void answer(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Throwable e) { // whatever it is, the client waits for an end
      Response.writeError(request, response, callback, e);
    }
  }
}
