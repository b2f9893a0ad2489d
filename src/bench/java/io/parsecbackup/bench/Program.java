package io.parsecbackup.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A program that copies the stack's bucket into a folder, and the copy into another bucket. */
sealed interface Program permits CopyTool, Program.Backup {

  /** The name in the table. */
  String title();

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
   * @param environment the settings of the stack, with the address of the server to use
   * @param copy the program's folder; does not exist before the first copy
   */
  record Run(Path log, Map<String, String> environment, Path copy) {

    String setting(String name) {
      return String.valueOf(environment.get(name));
    }

    String bucket() {
      return setting("STACK_S3_BUCKET");
    }

    String endpoint() {
      return setting("STACK_S3_ENDPOINT");
    }

    /** The file with the certificate that the server's must be signed with, over TLS. */
    Optional<String> certificate() {
      return Optional.ofNullable(environment.get("AWS_CA_BUNDLE"));
    }
  }

  /**
   * A build of this project.
   *
   * @param command starts it: a native program, or its jar in a cold JVM
   */
  record Backup(String title, List<String> command) implements Program {

    /**
     * The build at {@code path}: a {@code target/quarkus-app} or a native program.
     *
     * @throws IllegalArgumentException when there is neither
     */
    static Backup of(String title, Path path) {
      Path jar = path.resolve("quarkus-run.jar").toAbsolutePath();
      if (Files.isRegularFile(jar)) {
        return new Backup(title, List.of(Stack.JAVA, "-jar", jar.toString()));
      }
      if (Files.isRegularFile(path) && Files.isExecutable(path)) {
        return new Backup(title, List.of(path.toAbsolutePath().toString()));
      }
      throw new IllegalArgumentException(
          path + " is neither a folder with quarkus-run.jar nor a native program.");
    }

    /** The jar at {@code path} with the AOT cache that deploy/aot-cache.sh makes. */
    static Backup of(String title, Path path, Path cache) {
      Path jar = path.resolve("quarkus-run.jar").toAbsolutePath();
      String option = "-XX:AOTCache=" + cache.toAbsolutePath();
      return new Backup(title, List.of(Stack.JAVA, option, "-jar", jar.toString()));
    }

    @Override
    public Timed copy(Run run) throws Exception {
      return run(run, Map.of(), "backup");
    }

    @Override
    public Timed restore(Run run, String bucket) throws Exception {
      String source = ":" + run.bucket() + ":";
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
      Map<String, String> environment = new HashMap<>(run.environment());
      environment.put("PARSEC_BACKUP_REPOSITORY", run.copy().toString());
      environment.putAll(more);
      List<String> all = new ArrayList<>(command);
      all.addAll(List.of(arguments));
      return Timed.run(run.log(), environment, all.toArray(String[]::new));
    }
  }
}
