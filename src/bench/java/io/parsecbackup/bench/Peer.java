package io.parsecbackup.bench;

import io.parsecbackup.testing.AwsCli;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.ParsecStack;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Other programs that bring a folder up to date with a bucket by size and date. */
enum Peer {
  AWS("`aws s3 sync`") {
    @Override
    String[] command(EmbeddedS3 s3, Path copy) {
      return new String[] {
        "aws",
        "--endpoint-url",
        s3.endpoint().toString(),
        "s3",
        "sync",
        "--only-show-errors",
        "s3://" + ParsecStack.NAME,
        copy.toString()
      };
    }
  },

  /** As rclone's manual advises for S3: its dates are the bucket's, which a listing tells. */
  RCLONE("`rclone sync --update --use-server-modtime`") {
    @Override
    String[] command(EmbeddedS3 s3, Path copy) {
      return new String[] {
        "rclone",
        "sync",
        "--update",
        "--use-server-modtime",
        "bucket:" + ParsecStack.NAME,
        copy.toString()
      };
    }
  },

  /** Its dates are a header of each object, which it has to ask for one by one. */
  RCLONE_DEFAULTS("`rclone sync`") {
    @Override
    String[] command(EmbeddedS3 s3, Path copy) {
      return new String[] {"rclone", "sync", "bucket:" + ParsecStack.NAME, copy.toString()};
    }
  };

  private final String title;

  Peer(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Brings {@code copy} up to date. */
  abstract String[] command(EmbeddedS3 s3, Path copy);

  /** The way to the bucket, as each of them reads it. */
  static Map<String, String> environment(EmbeddedS3 s3) {
    Map<String, String> environment = new HashMap<>(AwsCli.environment(s3));
    // Not the user's own file; rclone refuses AWS's setting of a CA bundle, which http needs not.
    environment.put("RCLONE_CONFIG", "/dev/null");
    environment.put("AWS_CA_BUNDLE", "");
    Map.of(
            "TYPE", "s3",
            "PROVIDER", "Other",
            "ENDPOINT", s3.endpoint().toString(),
            "REGION", s3.region(),
            "ACCESS_KEY_ID", s3.accessKey(),
            "SECRET_ACCESS_KEY", s3.secretKey())
        .forEach((name, value) -> environment.put("RCLONE_CONFIG_BUCKET_" + name, value));
    return environment;
  }

  static List<Peer> all() {
    return List.of(values());
  }
}
