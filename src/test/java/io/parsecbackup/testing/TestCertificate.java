package io.parsecbackup.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A key and its self-signed certificate, made by the JDK's keytool.
 *
 * @param certificate a PEM file
 * @param key a PEM file in PKCS#8, readable by its owner only
 */
public record TestCertificate(Path certificate, Path key, KeyStore store) {

  /** The store's password. */
  public static final String PASSWORD = "changeit";

  /** Makes the files NAME.crt and NAME.key; the certificate is for the host {@code host}. */
  public static TestCertificate make(Path folder, String name, String host) throws Exception {
    char[] password = PASSWORD.toCharArray();
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "bc=ca:true",
                "-ext",
                "san=dns:" + host,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, keytool.waitFor(), output);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    return new TestCertificate(
        pem(folder.resolve(name + ".crt"), "CERTIFICATE", store.getCertificate("k").getEncoded()),
        pem(folder.resolve(name + ".key"), "PRIVATE KEY", store.getKey("k", password).getEncoded()),
        store);
  }

  /** Writes one PEM block. */
  public static Path pem(Path file, String marker, byte[] content) throws Exception {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
    String pem = "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(marker, base64, marker);
    Files.writeString(file, pem);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
