package io.parsecbackup.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An S3 server for repositories, behind a proxy that does what a test wants. The server is in this
 * process; with {@code -Dparsec.test.repository=versitygw} it is one that is not written in Java.
 */
public final class ProxiedServer implements AutoCloseable {

  private final Optional<EmbeddedS3> embedded;
  private final Optional<VersityGw> gateway;
  private final FaultyProxy proxy;

  private ProxiedServer(Optional<EmbeddedS3> embedded, Optional<VersityGw> gateway) {
    this.embedded = embedded;
    this.gateway = gateway;
    this.proxy =
        FaultyProxy.before(
            embedded
                .map(EmbeddedS3::endpoint)
                .or(() -> gateway.map(VersityGw::endpoint))
                .orElseThrow());
  }

  /** A running server without buckets. */
  public static ProxiedServer start() throws IOException {
    return switch (RepositoryPlace.kind()) {
      case FOLDER, BUCKET ->
          new ProxiedServer(Optional.of(EmbeddedS3.withConditions()), Optional.empty());
      case VERSITYGW ->
          new ProxiedServer(
              Optional.empty(),
              Optional.of(VersityGw.start(Files.createTempDirectory("versitygw-"))));
    };
  }

  public FaultyProxy proxy() {
    return proxy;
  }

  /** Makes a folder a bucket of this server, which the program reaches through the proxy. */
  public Path assign(Path folder) throws IOException {
    String name = "faulty-" + Integer.toUnsignedString(folder.toString().hashCode(), 36);
    Files.createDirectories(folder);
    if (embedded.isPresent()) {
      embedded.get().folderBucket(name, folder);
    } else {
      gateway.orElseThrow().linkBucket(name, folder);
    }
    RepositoryPlace.assign(
        folder,
        RepositoryPlace.setting(
            proxy.endpoint(),
            name,
            embedded.map(EmbeddedS3::accessKey).orElse(VersityGw.ACCESS_KEY),
            embedded.map(EmbeddedS3::secretKey).orElse(VersityGw.SECRET_KEY)));
    return folder;
  }

  @Override
  public void close() {
    proxy.close();
    embedded.ifPresent(EmbeddedS3::close);
    gateway.ifPresent(VersityGw::close);
  }
}
