package io.parsecbackup.bench;

import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.ParsecStack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A program that copies the stack's bucket into a bucket of another server. */
sealed interface BucketCopy {

  /** The name in the table. */
  String name();

  /** The command that updates {@code bucket}. */
  List<String> command(String bucket);

  Map<String, String> environment(ParsecStack stack, BucketServer target, String bucket);

  /** Where the objects are in the bucket: empty, or a prefix that ends in a slash. */
  String prefix();

  /**
   * A build of this project, with its repository in the bucket.
   *
   * @param cache for its setting {@code parsec.backup.cache}
   */
  record Backup(Program.Backup build, String cache) implements BucketCopy {
    @Override
    public String name() {
      return build.title();
    }

    @Override
    public List<String> command(String bucket) {
      List<String> command = new ArrayList<>(build.command());
      command.add("backup");
      return command;
    }

    @Override
    public Map<String, String> environment(ParsecStack stack, BucketServer target, String bucket) {
      Map<String, String> environment = new HashMap<>(stack.environment());
      environment.put("PARSEC_BACKUP_REPOSITORY", target.setting(bucket));
      environment.put("PARSEC_BACKUP_CACHE", cache);
      // Only what the dump refers to: the days of a listing would be another comparison.
      environment.put("PARSEC_BACKUP_SYNC_LISTING_EVERY", "off");
      return environment;
    }

    @Override
    public String prefix() {
      return "objects/";
    }
  }

  /**
   * rclone, with as many transfers at once as this program has, and with the options that its
   * manual recommends for S3: it uses the dates in the listings.
   *
   * @param more further options
   */
  record Rclone(String name, List<String> more) implements BucketCopy {
    @Override
    public List<String> command(String bucket) {
      String transfers = Integer.toString(new DefaultSettings().requestsInFlight());
      List<String> command = new ArrayList<>();
      command.addAll(List.of("rclone", "copy", "--update", "--use-server-modtime"));
      command.addAll(List.of("--transfers", transfers, "--checkers", transfers));
      command.addAll(more);
      command.addAll(List.of("source:" + ParsecStack.NAME, "target:" + bucket));
      return command;
    }

    @Override
    public Map<String, String> environment(ParsecStack stack, BucketServer target, String bucket) {
      EmbeddedS3 s3 = stack.s3();
      Map<String, String> environment =
          new HashMap<>(
              BucketServer.remote(
                  "SOURCE", s3.endpoint(), s3.region(), s3.accessKey(), s3.secretKey()));
      environment.putAll(target.remote("TARGET"));
      // Ignore the user's own settings. rclone rejects AWS's variable for a CA bundle.
      environment.put("RCLONE_CONFIG", "/dev/null");
      environment.put("AWS_CA_BUNDLE", "");
      return environment;
    }

    @Override
    public String prefix() {
      return "";
    }
  }
}
