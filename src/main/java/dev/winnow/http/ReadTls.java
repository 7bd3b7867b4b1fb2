package dev.winnow.http;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Reads a certificate chain and its key from the PEM files that other servers use, too. */
final class ReadTls {

  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private ReadTls() {}

  /**
   * @throws WinnowException of category SETTINGS when the files are none, or do not fit
   */
  static SslContextFactory.Server of(ServerOptions.Tls tls) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key(tls.key()), new char[0], chain(tls.certificate()));
      SslContextFactory.Server factory = new SslContextFactory.Server();
      factory.setKeyStore(store);
      factory.setKeyStorePassword("");
      factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
      return factory;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS,
          "server.tls: %s and %s are no PEM certificate and unencrypted PKCS#8 key (%s)."
              .formatted(tls.certificate(), tls.key(), e.getClass().getSimpleName()),
          e);
    }
  }

  private static Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(in)
          .toArray(Certificate[]::new);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    String text =
        Files.readString(file, StandardCharsets.US_ASCII)
            .replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "")
            .replaceAll("\\s", "");
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        continue; // a key of another kind
      }
    }
    throw new GeneralSecurityException("no known kind of key");
  }
}
