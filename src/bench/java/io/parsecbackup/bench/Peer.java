package io.parsecbackup.bench;

import io.parsecbackup.testing.AwsCli;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.ParsecStack;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Other programs that update a folder from a bucket by size and date. */
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

  /**
   * The options that rclone's manual recommends for S3: it uses the dates in the bucket's listing.
   */
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

  /** Its dates are in a header of each object, so it sends a request for each object. */
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

  /** The command that updates {@code copy} from the bucket. */
  abstract String[] command(EmbeddedS3 s3, Path copy);

  /** The variables with which each program finds the bucket. */
  static Map<String, String> environment(EmbeddedS3 s3) {
    Map<String, String> environment = new HashMap<>(AwsCli.environment(s3));
    // Ignore the user's own settings. rclone rejects AWS's variable for a CA bundle, which http
    // does not need.
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
