package io.parsecbackup.parsec;

import static io.parsecbackup.Problem.Kind.NOT_SUPPORTED;

import io.parsecbackup.Problem;
import java.util.List;
import java.util.Optional;

/**
 * Where a Parsec server keeps its blocks: the value of {@code PARSEC_BLOCKSTORE}. No {@code
 * toString} shows a secret.
 */
public sealed interface Blockstore {

  /**
   * Does nothing if this version can back up the store.
   *
   * @throws Problem of kind NOT_SUPPORTED when it cannot; the message says why
   */
  default void requireSupported() {
    switch (this) {
      case S3 s3 -> {}
      case Postgresql postgresql -> {}
      case Raid raid -> raid.nodes().forEach(node -> requireBucket(raid.mode(), node));
      case Swift swift ->
          throw unsupported(
              "swift: is not supported yet: this version has no client for OpenStack Swift. If the"
                  + " same container can be reached over Swift's S3 interface, name it as s3:….");
      case Mocked mocked ->
          throw unsupported(
              "MOCKED is not supported: the blocks are in the Parsec server's memory and are lost"
                  + " when it stops, so there is nothing to back up.");
    }
  }

  private static void requireBucket(RaidMode mode, Blockstore node) {
    if (!(node instanceof S3)) {
      throw unsupported(
          mode
              + " with a node that is not a bucket is not supported: this version supports only"
              + " nodes of the form s3:…. Use this form for each node.");
    }
  }

  /**
   * The buckets that contain the objects, in the order of their indexes; empty for other stores.
   */
  default List<S3> buckets() {
    return switch (this) {
      case S3 s3 -> List.of(s3);
      case Raid raid -> raid.nodes().stream().flatMap(node -> node.buckets().stream()).toList();
      case Postgresql postgresql -> List.of();
      case Swift swift -> List.of();
      case Mocked mocked -> List.of();
    };
  }

  private static Problem unsupported(String what) {
    return new Problem(NOT_SUPPORTED, "PARSEC_BLOCKSTORE: " + what);
  }

  /**
   * One bucket.
   *
   * @param endpoint a URL with its scheme; empty for AWS's own
   */
  record S3(
      Optional<String> endpoint, String region, String bucket, String accessKey, String secretKey)
      implements Blockstore {

    /**
     * Whether URLs name the bucket in their path, as the Parsec server does if an endpoint is set.
     */
    public boolean pathStyle() {
      return endpoint.isPresent();
    }

    @Override
    public String toString() {
      return "S3[endpoint=%s, region=%s, bucket=%s, accessKey=%s, secretKey=***]"
          .formatted(endpoint.orElse("AWS"), region, bucket, accessKey);
    }
  }

  /** The blocks are in the database's table {@code block_data}, and so in its dump. */
  record Postgresql() implements Blockstore {}

  /** The blocks are in the server's memory. */
  record Mocked() implements Blockstore {}

  /** One container of OpenStack Swift. */
  record Swift(String authUrl, String tenant, String container, String user, String password)
      implements Blockstore {
    @Override
    public String toString() {
      return "Swift[authUrl=%s, tenant=%s, container=%s, user=%s, password=***]"
          .formatted(authUrl, tenant, container, user);
    }
  }

  /**
   * Several stores that contain the blocks together.
   *
   * @param nodes in the order of their indexes, none of them a {@code Raid}
   */
  record Raid(RaidMode mode, List<Blockstore> nodes) implements Blockstore {
    public Raid {
      nodes = List.copyOf(nodes);
    }
  }
}
