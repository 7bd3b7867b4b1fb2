package dev.winnow.workspace.egress;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates are believed: those that the JDK's authorities signed, and those of a file,
 * for servers of one's own and for networks whose proxy breaks TLS open.
 */
public final class TrustCertificates {

  /** The variable that names the file; curl, Python and Codex know it too. */
  public static final String VARIABLE = "SSL_CERT_FILE";

  private TrustCertificates() {}

  /**
   * Trusts the authorities of the file as well.
   *
   * @param file certificates in PEM form
   * @throws WinnowException of category SETTINGS when there is none in it
   */
  static SSLContext of(Path file) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate authority : usual().getAcceptedIssuers()) {
        store.setCertificateEntry("jdk-" + store.size(), authority);
      }
      for (Certificate authority : read(file)) {
        store.setCertificateEntry("file-" + store.size(), authority);
      }
      TrustManagerFactory factory = factory(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(file);
    }
  }

  /**
   * How many certificates the file has.
   *
   * @throws WinnowException of category SETTINGS when there is none in it
   */
  public static int count(Path file) {
    try {
      return read(file).size();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(file);
    }
  }

  private static Collection<? extends Certificate> read(Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new IOException("empty");
      }
      return all;
    }
  }

  private static WinnowException unusable(Path file) {
    return new WinnowException(
        WinnowException.Category.SETTINGS,
        "environment: %s: %s is no readable file with certificates in PEM form"
            .formatted(VARIABLE, file));
  }

  private static X509TrustManager usual() throws GeneralSecurityException {
    return Arrays.stream(factory(null).getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("the JDK trusts nobody"));
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  /** What is wrong with a server's certificate, if that is why there is no connection. */
  public static Optional<String> problem(String host, @Nullable Throwable failure) {
    Optional<String> found = Optional.empty();
    int depth = 0;
    for (Throwable e = failure; e != null && depth < 10; e = e.getCause()) {
      depth++;
      String said = String.valueOf(e.getMessage());
      // the last one in the chain says it most precisely
      found =
          switch (e) {
            case CertificateExpiredException _ ->
                Optional.of("the certificate of %s has expired".formatted(host));
            case CertificateNotYetValidException _ ->
                Optional.of("the certificate of %s is not valid yet".formatted(host));
            case java.security.cert.CertificateException _
                when said.startsWith("No name matching") || said.startsWith("No subject alt") ->
                Optional.of("the certificate of %s is for another name".formatted(host));
            case java.security.cert.CertPathValidatorException _,
                java.security.cert.CertPathBuilderException _ ->
                Optional.of(
                    "the certificate of %s is of no authority that is trusted here"
                        .formatted(host));
            default -> found;
          };
    }
    return found;
  }
}
