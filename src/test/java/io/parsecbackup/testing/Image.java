package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The container image, run as an engine would under the strictest rules: its root file system is
 * read-only, the process has no capability and can get none, and its uid is one that the image does
 * not know. Network and clock are this machine's.
 *
 * @param root its unpacked root file system
 * @param config the image's configuration
 * @param repository the only folder that the process can write to
 */
public record Image(Path root, JsonNode config, Path repository) {

  /** A uid that the image does not know, as OpenShift assigns it; the group is 0 there too. */
  public static final int UID = 12345;

  private static final String SETUP =
      """
      mount --bind "$1" "$1"
      mount -o remount,bind,ro "$1"
      mount --bind "$2" "$1$3"
      mount --rbind /dev "$1/dev"
      mount -t proc proc "$1/proc"
      root=$1
      shift 3
      exec chroot "$root" "$@"
      """;

  /** The exit code and output of one of its processes. */
  public record Ended(int exitCode, String output) {}

  /**
   * Builds the image with {@code deploy/local-image.sh}.
   *
   * @param folder the folder for everything that the build creates
   */
  public static Image build(Path folder, Path repository) throws Exception {
    Process build =
        new ProcessBuilder("deploy/local-image.sh", folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, build.waitFor(), output);
    Path root = Path.of(output.strip().lines().toList().getLast());
    JsonNode inspected = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
    return new Image(root, inspected.path("Docker").path("config"), repository);
  }

  /** Starts the entry point with these arguments, in separate namespaces. */
  public Process start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = words("Entrypoint");
    command.addAll(List.of(arguments));
    return start(environment, command);
  }

  /** Runs the entry point to its end. */
  public Ended run(Map<String, String> environment, String... arguments) throws Exception {
    return end(start(environment, arguments));
  }

  /** Runs the image's own health check to its end. */
  public Ended check(Map<String, String> environment) throws Exception {
    List<String> test = new ArrayList<>();
    config.path("Healthcheck").path("Test").forEach(word -> test.add(word.asText()));
    assertEquals("CMD", test.removeFirst());
    return end(start(environment, test));
  }

  private static Ended end(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private Process start(Map<String, String> environment, List<String> words) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
    command.addAll(List.of("sh", "-ec", SETUP, "sh", root.toString(), repository.toString()));
    command.add(config.path("WorkingDir").asText());
    command.addAll(
        List.of("setpriv", "--reuid=" + UID, "--regid=0", "--clear-groups", "--no-new-privs"));
    command.addAll(List.of("--inh-caps=-all", "--bounding-set=-all"));
    command.addAll(List.of("env", "-C", config.path("WorkingDir").asText()));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    for (String variable : words("Env")) {
      String[] parts = variable.split("=", 2);
      builder.environment().put(parts[0], parts[1]);
    }
    builder.environment().putAll(environment);
    return builder.start();
  }

  private List<String> words(String field) {
    List<String> words = new ArrayList<>();
    config.path(field).forEach(word -> words.add(word.asText()));
    return words;
  }
}
