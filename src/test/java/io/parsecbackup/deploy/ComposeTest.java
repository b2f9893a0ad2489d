package io.parsecbackup.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.parsecbackup.objectstore.storage.BucketSetting;
import io.parsecbackup.parsec.BlockstoreParser;
import io.parsecbackup.testing.ProgramSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compose program accepts the compose file, and the file sets what parsec-backup needs. */
class ComposeTest {

  private static final Path FOLDER = Path.of("deploy", "compose");

  @TempDir Path scratch;

  private static JsonNode service(String name) throws IOException {
    return service("compose.yaml", name);
  }

  private static JsonNode service(String file, String name) throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(FOLDER.resolve(file).toFile())
        .path("services")
        .path(name);
  }

  /** The variables of a file, or of its example if the operator has to write the file. */
  private static Map<String, String> variables(String file) throws IOException {
    Path path = FOLDER.resolve(file);
    Map<String, String> variables = new TreeMap<>();
    for (String line :
        Files.readAllLines(Files.exists(path) ? path : FOLDER.resolve(file + ".example"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split("=", 2);
        variables.put(parts[0], parts[1]);
      }
    }
    return variables;
  }

  @Test
  void theSidecarGetsTheServersSettingsAndItsOwn() throws IOException {
    Map<String, String> given = new TreeMap<>();
    for (JsonNode file : service("parsec-backup").path("env_file")) {
      given.putAll(variables(file.asText()));
    }
    assertTrue(given.containsKey("PARSEC_BACKUP_REPOSITORY"), given::toString);
    assertEquals(
        "parsec",
        BlockstoreParser.parse(given.getOrDefault("PARSEC_BLOCKSTORE", ""))
            .buckets()
            .getFirst()
            .bucket());
    List<String> ofTheServer = new ArrayList<>();
    service("parsec-server").path("env_file").forEach(file -> ofTheServer.add(file.asText()));
    assertEquals(List.of("parsec-db.env", "parsec-s3.env"), ofTheServer);
    assertKnown(given.keySet());
  }

  private static void assertKnown(Set<String> variables) {
    Set<String> unknown = new TreeSet<>(variables);
    unknown.removeIf(name -> !name.startsWith("PARSEC_"));
    unknown.removeAll(ProgramSettings.variables());
    assertEquals(Set.of(), unknown);
  }

  @Test
  void theRepositoryCanBeInABucketWithTheVolumeAsItsCopy() throws IOException {
    JsonNode override = service("compose.bucket.yaml", "parsec-backup");
    Map<String, String> added = variables(override.at("/env_file/0").asText());
    assertKnown(added.keySet());
    BucketSetting repository =
        BucketSetting.parse(
            "the repository",
            added.getOrDefault("PARSEC_BACKUP_REPOSITORY", ""),
            "its prefix",
            Optional.ofNullable(added.get("PARSEC_BACKUP_REPOSITORY_PREFIX")));
    assertNotEquals(
        BlockstoreParser.parse(variables("parsec-s3.env").getOrDefault("PARSEC_BLOCKSTORE", ""))
            .buckets(),
        repository.store().stream().toList());
    assertEquals(
        variables("parsec-backup.env").get("PARSEC_BACKUP_REPOSITORY"),
        added.get("PARSEC_BACKUP_COPIES"));
    assertEquals("scratch:" + added.get("PARSEC_BACKUP_CACHE"), override.at("/volumes/0").asText());
    // A new volume gets the owner of the image's folder.
    assertTrue(
        Files.readString(Path.of("Dockerfile.native"))
            .contains(" " + added.get("PARSEC_BACKUP_CACHE") + "\n"));
  }

  @Test
  void theSidecarHasNoRightsAndOnlyThisMachineReachesIt() throws IOException {
    JsonNode sidecar = service("parsec-backup");
    assertTrue(sidecar.path("read_only").asBoolean());
    assertEquals("ALL", sidecar.at("/cap_drop/0").asText());
    assertEquals("no-new-privileges:true", sidecar.at("/security_opt/0").asText());
    assertEquals("127.0.0.1:8080:8080", sidecar.at("/ports/0").asText());
    assertTrue(
        sidecar
            .at("/volumes/0")
            .asText()
            .endsWith(":" + variables("parsec-backup.env").get("PARSEC_BACKUP_REPOSITORY")));
    Path context = FOLDER.resolve(sidecar.at("/build/context").asText());
    assertTrue(Files.exists(context.resolve(sidecar.at("/build/dockerfile").asText())));
  }

  @Test
  void secretsAreOnlyPlaceholders() throws IOException {
    for (String file : List.of("parsec-db.env", "parsec-s3.env", "parsec-backup-bucket.env")) {
      assertFalse(Files.exists(FOLDER.resolve(file)), "secrets must not be in the repository");
      assertTrue(Files.readString(FOLDER.resolve(file + ".example")).contains("CHANGE-ME"));
    }
  }

  @Test
  void aComposeProgramAcceptsIt() throws Exception {
    List<String> program = composeProgram();
    assumeTrue(
        !program.isEmpty(), "neither 'docker compose' nor docker-compose is on this machine");
    Path folder = Files.createDirectories(scratch.resolve("deploy/compose"));
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString().replace(".example", "")));
      }
    }
    String alone = config(program, folder, "compose.yaml");
    assertTrue(alone.contains("PARSEC_BLOCKSTORE"), alone);
    assertTrue(alone.contains("PARSEC_BACKUP_REPOSITORY: /backups\n"), alone);
    String withBucket = config(program, folder, "compose.yaml", "compose.bucket.yaml");
    assertTrue(withBucket.contains("PARSEC_BACKUP_REPOSITORY: s3:https"), withBucket);
    assertTrue(withBucket.contains("PARSEC_BACKUP_COPIES: /backups\n"), withBucket);
  }

  /** What compose makes of the files. */
  private static String config(List<String> program, Path folder, String... files)
      throws Exception {
    List<String> command = new ArrayList<>(program);
    for (String file : files) {
      command.addAll(List.of("-f", folder.resolve(file).toString()));
    }
    command.add("config");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static List<String> composeProgram() throws Exception {
    for (List<String> program : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
      try {
        List<String> version = new ArrayList<>(program);
        version.add("version");
        if (new ProcessBuilder(version)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0) {
          return program;
        }
      } catch (IOException e) {
        // Not installed: try the next one.
      }
    }
    return List.of();
  }
}
