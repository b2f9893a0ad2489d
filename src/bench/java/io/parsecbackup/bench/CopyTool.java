package io.parsecbackup.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A program of others that copies a bucket into a folder and back. Each gets its credentials from
 * the environment, and as many requests at once as its manual recommends for many small objects.
 */
enum CopyTool implements Program {

  /** With the options that its manual recommends for S3: it uses the dates in the listing. */
  RCLONE("rclone") {
    @Override
    List<String> copyCommand(Run run) {
      return command("bucket:" + run.bucket(), run.copy().toString());
    }

    @Override
    List<String> restoreCommand(Run run, String bucket) {
      return command(run.copy().toString(), "bucket:" + bucket);
    }

    private List<String> command(String from, String to) {
      return List.of(
          "rclone", "copy", "--update", "--use-server-modtime", "--transfers", "32", from, to);
    }
  },

  S5CMD("s5cmd") {
    @Override
    List<String> copyCommand(Run run) {
      return command(run, "s3://" + run.bucket() + "/*", run.copy() + "/");
    }

    @Override
    List<String> restoreCommand(Run run, String bucket) {
      return command(run, run.copy() + "/", "s3://" + bucket + "/");
    }

    private List<String> command(Run run, String from, String to) {
      return List.of(
          "s5cmd", "--endpoint-url", run.endpoint(), "--numworkers", "64", "sync", from, to);
    }
  },

  AWS("aws") {
    @Override
    List<String> copyCommand(Run run) {
      return command(run, "s3://" + run.bucket(), run.copy().toString());
    }

    @Override
    List<String> restoreCommand(Run run, String bucket) {
      return command(run, run.copy().toString(), "s3://" + bucket);
    }

    private List<String> command(Run run, String from, String to) {
      return List.of(
          "aws", "--endpoint-url", run.endpoint(), "s3", "sync", "--only-show-errors", from, to);
    }
  };

  private final String title;

  CopyTool(String title) {
    this.title = title;
  }

  abstract List<String> copyCommand(Run run);

  abstract List<String> restoreCommand(Run run, String bucket);

  /** Its name, in an option and in the table. */
  @Override
  public String title() {
    return title;
  }

  boolean isInstalled() {
    String path = String.valueOf(System.getenv("PATH"));
    return Arrays.stream(path.split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, title)));
  }

  @Override
  public Timed copy(Run run) throws Exception {
    Files.createDirectories(run.copy());
    return run(run, copyCommand(run));
  }

  @Override
  public Timed restore(Run run, String bucket) throws Exception {
    return run(run, restoreCommand(run, bucket));
  }

  @Override
  public Path objects(Path copy) {
    return copy;
  }

  private static Timed run(Run run, List<String> command) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_ACCESS_KEY_ID", run.setting("STACK_S3_ACCESS_KEY"));
    environment.put("AWS_SECRET_ACCESS_KEY", run.setting("STACK_S3_SECRET_KEY"));
    environment.put("AWS_REGION", run.setting("STACK_S3_REGION"));
    environment.put("AWS_DEFAULT_REGION", run.setting("STACK_S3_REGION"));
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("LC_ALL", "C.UTF-8");
    // Ignore the user's own settings.
    for (String file : List.of("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "RCLONE_CONFIG")) {
      environment.put(file, "/dev/null");
    }
    Map.of(
            "TYPE", "s3",
            "PROVIDER", "Other",
            "ENV_AUTH", "true",
            "ENDPOINT", run.endpoint(),
            "REGION", run.setting("STACK_S3_REGION"))
        .forEach((name, value) -> environment.put("RCLONE_CONFIG_BUCKET_" + name, value));
    // rclone rejects AWS's variable for a certificate.
    boolean isRclone = command.getFirst().equals("rclone");
    run.certificate()
        .ifPresentOrElse(
            file -> environment.put(isRclone ? "RCLONE_CA_CERT" : "AWS_CA_BUNDLE", file),
            () -> environment.put("AWS_CA_BUNDLE", ""));
    if (isRclone) {
      environment.put("AWS_CA_BUNDLE", "");
    }
    return Timed.run(run.log(), environment, command.toArray(String[]::new));
  }

  /** The tool of that name. */
  static CopyTool of(String name) {
    return Arrays.stream(values())
        .filter(tool -> tool.title.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("--peers: no program named " + name + "."));
  }
}
