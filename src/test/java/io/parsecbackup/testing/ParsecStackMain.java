package io.parsecbackup.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Starts a {@link ParsecStack} for a shell script and keeps it until its standard input ends or it
 * gets SIGTERM; then it removes the stack and its files. Options, each followed by its value:
 *
 * <ul>
 *   <li>{@code --blocks}: how many, default 200
 *   <li>{@code --block-size}: bytes of each, default 16384
 *   <li>{@code --unreferenced}: further objects without a row, default 0
 *   <li>{@code --keep}: the folder for the database's files, default {@code target}
 *   <li>{@code --env-file}: a file for the shell to read, written when all is up: {@code PARSEC_DB}
 *       and {@code PARSEC_BLOCKSTORE} exported; {@code STACK_*}, for other tools, not exported
 *   <li>{@code --properties}: a file for Quarkus to read, written when all is up: the exported
 *       variables of {@code --env-file} as settings; dev mode uses it
 *   <li>{@code --sums}: a file for {@code sha256sum -c}, run where the bucket's copy is; it lists
 *       every object
 * </ul>
 *
 * <p>A line {@code empty NAME} on its standard input deletes all objects of a bucket.
 */
public final class ParsecStackMain {

  private static final String EMPTY = "empty ";

  private ParsecStackMain() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> options = parse(arguments);
    int unreferenced = Integer.parseInt(options.getOrDefault("--unreferenced", "0"));
    ParsecData.Spec spec =
        ParsecData.Spec.of(
                Integer.parseInt(options.getOrDefault("--blocks", "200")),
                Integer.parseInt(options.getOrDefault("--block-size", "16384")))
            .unreferenced(unreferenced - unreferenced / 2, unreferenced / 2);
    Path keep = Path.of(options.getOrDefault("--keep", "target"));
    try (ParsecStack stack = ParsecStack.start(spec, Optional.of(keep))) {
      if (options.containsKey("--sums")) {
        writeAtomically(Path.of(options.get("--sums")), sums(stack.bucket()));
      }
      Map<String, String> exported = exported(stack);
      if (options.containsKey("--properties")) {
        writeUntilEnd(Path.of(options.get("--properties")), properties(exported));
      }
      Path environment = Path.of(options.getOrDefault("--env-file", "target/parsec-stack.env"));
      writeUntilEnd(environment, shell(stack, exported));
      System.out.println("The stack is up: . " + environment);
      runCommands(System.in, stack.s3());
    }
  }

  /** Runs the command in each line, until the end of the input. Ignores other lines. */
  private static void runCommands(InputStream input, EmbeddedS3 s3) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(input, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(EMPTY)) {
        s3.bucket(line.substring(EMPTY.length())).clear();
      }
    }
  }

  private static void writeUntilEnd(Path file, String text) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(file)));
    writeAtomically(file, text);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> parse(String[] arguments) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      switch (arguments[i]) {
        case "--blocks",
            "--block-size",
            "--unreferenced",
            "--keep",
            "--env-file",
            "--properties",
            "--sums" -> {
          if (i + 1 == arguments.length) {
            throw new IllegalArgumentException(arguments[i] + " needs a value");
          }
          options.put(arguments[i], arguments[i + 1]);
        }
        default -> throw new IllegalArgumentException("No such option: " + arguments[i]);
      }
    }
    return options;
  }

  private static Map<String, String> exported(ParsecStack stack) {
    Map<String, String> exported = new TreeMap<>(stack.environment());
    // A target for a restore that does not touch the source.
    ParsecStack.Target target = stack.allowDatabases().target("parsec-restored");
    exported.put("RESTORE_DB", target.databaseUri());
    exported.put("RESTORE_BLOCKSTORE", target.blockstore());
    return exported;
  }

  private static String properties(Map<String, String> exported) throws IOException {
    Properties settings = new Properties();
    settings.putAll(exported);
    StringWriter text = new StringWriter();
    settings.store(text, null);
    return text.toString();
  }

  private static String shell(ParsecStack stack, Map<String, String> exported) {
    Map<String, String> others = new TreeMap<>();
    others.put("STACK_SUPERUSER_URI", stack.database().uri());
    others.put("STACK_S3_ENDPOINT", stack.s3().endpoint().toString());
    others.put("STACK_S3_REGION", stack.s3().region());
    others.put("STACK_S3_BUCKET", ParsecStack.NAME);
    others.put("STACK_S3_ACCESS_KEY", stack.s3().accessKey());
    others.put("STACK_S3_SECRET_KEY", stack.s3().secretKey());
    others.put("STACK_OBJECTS", Integer.toString(stack.bucket().size()));
    StringBuilder lines = new StringBuilder();
    exported.forEach((name, value) -> lines.append("export ").append(line(name, value)));
    others.forEach((name, value) -> lines.append(line(name, value)));
    return lines.toString();
  }

  private static String line(String name, String value) {
    return name + "='" + value.replace("'", "'\\''") + "'\n";
  }

  private static String sums(S3Bucket bucket) {
    return bucket.objects().entrySet().stream()
        .map(object -> sha256(object.getValue().content()) + "  " + object.getKey() + "\n")
        .collect(Collectors.joining());
  }

  private static String sha256(Content content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.bytes());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A script that waits for the file never sees half of it. Only the owner can read it, because it
   * contains secrets.
   */
  private static void writeAtomically(Path file, String text) {
    try {
      Path folder = file.toAbsolutePath().resolveSibling(".");
      Files.createDirectories(folder);
      Path scratch =
          Files.createTempFile(
              folder,
              "parsec-stack",
              null,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(scratch, text);
      Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
