package io.parsecbackup.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The real {@code aws} command, as operators use it by hand. */
public final class AwsCli {

  private AwsCli() {}

  /**
   * The environment variables that it needs to reach {@code s3}, apart from {@code --endpoint-url}.
   * It ignores the configuration of the machine's user.
   *
   * @throws AssertionError if the command is not installed: a test that passes without it proves
   *     nothing
   */
  public static Map<String, String> environment(EmbeddedS3 s3) {
    return environment(s3.accessKey(), s3.secretKey(), s3.region());
  }

  /** As above, for another server. */
  public static Map<String, String> environment(String key, String secret, String region) {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "aws")));
    if (!installed) {
      throw new AssertionError(
          "This test needs the aws command, and it is not on PATH: run deploy/setup.sh, which"
              + " installs it or says how.");
    }
    return Map.of(
        "AWS_ACCESS_KEY_ID",
        key,
        "AWS_SECRET_ACCESS_KEY",
        secret,
        "AWS_DEFAULT_REGION",
        region,
        "AWS_EC2_METADATA_DISABLED",
        "true",
        "AWS_CONFIG_FILE",
        "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE",
        "/dev/null");
  }
}
