package io.parsecbackup.objectstore.s3;

import static io.parsecbackup.Problem.Kind.CONFIGURATION;
import static io.parsecbackup.Problem.Kind.INTERNAL;

import io.parsecbackup.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The certificate authorities in the file that {@code AWS_CA_BUNDLE} names. As in the Parsec
 * server, they replace the system's authorities for the object store; they are not added to them.
 */
public final class CaBundle {

  private static final String VARIABLE = "AWS_CA_BUNDLE";

  /** In bytes. The bundle of a distribution is far smaller. */
  private static final long LARGEST = 16 << 20;

  /** Bundles often have text around the certificates, which Java's own reader may reject. */
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private final Path file;
  private final List<Certificate> certificates;

  private CaBundle(Path file, List<Certificate> certificates) {
    this.file = file;
    this.certificates = certificates;
  }

  /**
   * Reads the PEM file that {@code AWS_CA_BUNDLE} names; empty if the variable is unset or blank.
   *
   * @throws Problem of kind CONFIGURATION, which names file and variable, if the file cannot be
   *     read, has no certificate, or has a damaged one
   */
  public static Optional<CaBundle> fromEnvironment(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(VARIABLE))
        .filter(value -> !value.isBlank())
        .map(CaBundle::read);
  }

  private static CaBundle read(String name) {
    try {
      Path file = Path.of(name);
      if (!Files.isRegularFile(file)) {
        throw wrong(name, Files.exists(file) ? "is not a file" : "does not exist");
      }
      if (Files.size(file) > LARGEST) {
        throw wrong(name, "is too large for a bundle of certificates");
      }
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return new CaBundle(file, certificates(name, text));
    } catch (IOException e) {
      throw wrong(name, "cannot be read (" + e.getClass().getSimpleName() + ")");
    } catch (InvalidPathException e) {
      throw wrong(name, "is not a valid file name");
    }
  }

  private static List<Certificate> certificates(String name, String text) {
    List<Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      Matcher pem = CERTIFICATE.matcher(text);
      while (pem.find()) {
        byte[] bytes = pem.group().getBytes(StandardCharsets.ISO_8859_1);
        certificates.add(factory.generateCertificate(new ByteArrayInputStream(bytes)));
      }
    } catch (CertificateException e) {
      throw wrong(name, "has a damaged certificate at position " + (certificates.size() + 1));
    }
    if (certificates.isEmpty()) {
      throw wrong(name, "has no certificate");
    }
    return List.copyOf(certificates);
  }

  private static Problem wrong(String name, String what) {
    return new Problem(
        CONFIGURATION,
        VARIABLE
            + " names "
            + name
            + ", which "
            + what
            + ". Name a readable PEM file with the certificates of the object store's authorities,"
            + " or unset the variable.");
  }

  /** The file that was read. */
  public Path file() {
    return file;
  }

  /** Trust managers that trust these authorities and no others; never empty. */
  public X509TrustManager[] trustManagers() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("ca-" + i, certificates.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Arrays.stream(factory.getTrustManagers())
          .filter(X509TrustManager.class::isInstance)
          .map(X509TrustManager.class::cast)
          .toArray(X509TrustManager[]::new);
    } catch (GeneralSecurityException | IOException e) {
      throw new Problem(INTERNAL, "Java cannot use the certificates of " + file + ".", e);
    }
  }

  @Override
  public String toString() {
    return "CaBundle[" + file + ", " + certificates.size() + " certificates]";
  }
}
