package dev.winnow.agent.tool;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;

/**
 * Reads the status line and the headers of a response, at most 64 KiB of them together: the library
 * limits single lines and their number only.
 */
final class LimitedParser extends DefaultHttpResponseParser {

  private static final int MAX_BYTES = 64 * 1024;

  static final Http1Config CONFIG =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build();

  LimitedParser() {
    super(CONFIG);
  }

  @Override
  public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    return super.parse(buffer, new Counted(in));
  }

  private static final class Counted extends FilterInputStream {
    private int read;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      // what is in the buffer already came before and is not counted: at most a few KiB more
      if (read >= MAX_BYTES) {
        throw new MessageConstraintException("more than 64 KiB of headers");
      }
      int count = super.read(target, offset, length);
      read += Math.max(count, 0);
      return count;
    }
  }
}
