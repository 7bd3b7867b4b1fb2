package dev.winnow.app;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Asks the server on this machine whether it answers; for the health check of a container, which
 * has no curl. The certificate is for the name that clients know, not for this address, so it is
 * not looked at; nothing is sent.
 */
public final class AskHealth {

  private static final int MILLIS = 2_500;

  private AskHealth() {}

  /** The exit code is 0 when the answer is 200. */
  public static void main(String[] args) {
    Runtime.getRuntime().halt(args.length == 1 && isHealthy(URI.create(args[0])) ? 0 : 1);
  }

  static boolean isHealthy(URI url) {
    try {
      if (!InetAddress.getByName(url.getHost()).isLoopbackAddress()) {
        return false;
      }
      HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
      if (connection instanceof HttpsURLConnection secure) {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        secure.setSSLSocketFactory(context.getSocketFactory());
        secure.setHostnameVerifier((_, _) -> true);
      }
      connection.setConnectTimeout(MILLIS);
      connection.setReadTimeout(MILLIS);
      return connection.getResponseCode() == 200;
    } catch (IOException | GeneralSecurityException e) {
      return false;
    }
  }

  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      // this is the client
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // it is this machine
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
