package io.parsecbackup.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A program that copies the stack's bucket into a folder, and the copy into another bucket. */
sealed interface Program {

  /** The name in the table. */
  String name();

  /** Updates the copy from the bucket. */
  Timed copy(Run run) throws Exception;

  /** Uploads the objects of the copy into {@code bucket}, which does not exist yet. */
  Timed restore(Run run, String bucket) throws Exception;

  /** The folder that contains one file for each object. */
  Path objects(Path copy);

  /**
   * The files and servers of a run.
   *
   * @param log receives the program's output
   * @param copy the program's folder; does not exist before the first copy
   */
  record Run(Path log, Stack stack, Path copy) {
    String setting(String name) {
      return String.valueOf(stack.environment().get(name));
    }
  }

  /**
   * A build of this project.
   *
   * @param command starts it: a native program, or its jar in a cold JVM
   */
  record Backup(String name, List<String> command) implements Program {

    /**
     * The build at {@code path}: a {@code target/quarkus-app} or a native program.
     *
     * @throws IllegalArgumentException when there is neither
     */
    static Backup of(String name, Path path) {
      Path jar = path.resolve("quarkus-run.jar").toAbsolutePath();
      if (Files.isRegularFile(jar)) {
        return new Backup(name, List.of(Stack.JAVA, "-jar", jar.toString()));
      }
      if (Files.isRegularFile(path) && Files.isExecutable(path)) {
        return new Backup(name, List.of(path.toAbsolutePath().toString()));
      }
      throw new IllegalArgumentException(
          path + " is neither a folder with quarkus-run.jar nor a native program.");
    }

    @Override
    public Timed copy(Run run) throws Exception {
      return run(run, Map.of(), "backup");
    }

    @Override
    public Timed restore(Run run, String bucket) throws Exception {
      String source = ":" + run.setting("STACK_S3_BUCKET") + ":";
      String target = run.setting("PARSEC_BLOCKSTORE").replace(source, ":" + bucket + ":");
      return run(
          run,
          Map.of("TARGET", target),
          "restore",
          "--only",
          "objects",
          "--blockstore",
          "env:TARGET");
    }

    @Override
    public Path objects(Path copy) {
      return copy.resolve("objects");
    }

    private Timed run(Run run, Map<String, String> more, String... arguments) throws Exception {
      Map<String, String> environment = new HashMap<>(run.stack().environment());
      environment.put("PARSEC_BACKUP_REPOSITORY", run.copy().toString());
      environment.putAll(more);
      List<String> all = new ArrayList<>(command);
      all.addAll(List.of(arguments));
      return Timed.run(run.log(), environment, all.toArray(String[]::new));
    }
  }

  /** With the options that its manual recommends for S3: it uses the dates in the listing. */
  record Rclone() implements Program {

    static boolean isInstalled() {
      String path = String.valueOf(System.getenv("PATH"));
      return Arrays.stream(path.split(File.pathSeparator))
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, "rclone")));
    }

    @Override
    public String name() {
      return "rclone";
    }

    @Override
    public Timed copy(Run run) throws Exception {
      return run(run, "bucket:" + run.setting("STACK_S3_BUCKET"), run.copy().toString());
    }

    @Override
    public Timed restore(Run run, String bucket) throws Exception {
      return run(run, run.copy().toString(), "bucket:" + bucket);
    }

    @Override
    public Path objects(Path copy) {
      return copy;
    }

    private static Timed run(Run run, String from, String to) throws Exception {
      Map<String, String> environment = new HashMap<>();
      // Ignore the user's own settings. rclone rejects AWS's variable for a CA bundle.
      environment.put("RCLONE_CONFIG", "/dev/null");
      environment.put("AWS_CA_BUNDLE", "");
      Map.of(
              "TYPE", "s3",
              "PROVIDER", "Other",
              "ENDPOINT", run.setting("STACK_S3_ENDPOINT"),
              "REGION", run.setting("STACK_S3_REGION"),
              "ACCESS_KEY_ID", run.setting("STACK_S3_ACCESS_KEY"),
              "SECRET_ACCESS_KEY", run.setting("STACK_S3_SECRET_KEY"))
          .forEach((name, value) -> environment.put("RCLONE_CONFIG_BUCKET_" + name, value));
      return Timed.run(
          run.log(), environment, "rclone", "copy", "--update", "--use-server-modtime", from, to);
    }
  }
}
