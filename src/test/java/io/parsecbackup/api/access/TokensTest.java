package io.parsecbackup.api.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

  private static final String LONG = "a-token-that-is-long-enough";
  private static final String OTHER = "another-one-that-is-long-enough";

  @TempDir Path folder;

  private record Settings(
      Optional<String> token,
      Optional<Path> tokenFile,
      Optional<String> viewerToken,
      Optional<Path> viewerTokenFile)
      implements ApiConfig {
    @Override
    public Optional<String> restoreTargets() {
      return Optional.empty();
    }
  }

  private static Tokens tokens(String token, String viewer) {
    return new Tokens(
        new Settings(Optional.of(token), Optional.empty(), Optional.of(viewer), Optional.empty()));
  }

  private static Tokens viewerFile(Path file) {
    return new Tokens(
        new Settings(Optional.of(LONG), Optional.empty(), Optional.empty(), Optional.of(file)));
  }

  private static void assertRefused(Tokens tokens, String key, String why) {
    Problem problem = assertThrows(Problem.class, tokens::require);
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertEquals(2, problem.exitCode());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith(key + " "), message);
    assertTrue(message.contains(why), message);
    assertFalse(message.contains("s3cr3t"), message);
  }

  @Test
  void refusesATokenThatCanBeGuessed() throws IOException {
    assertRefused(tokens("s3cr3t", OTHER), "parsec.backup.api.token", "16");
    assertRefused(tokens(LONG, "s3cr3t"), "parsec.backup.api.viewer-token", "16");
    assertRefused(tokens(LONG, "s3cr3t-15-chars"), "parsec.backup.api.viewer-token", "16");
    Path file = Files.writeString(folder.resolve("short"), "s3cr3t\n" + " ".repeat(20));
    assertRefused(viewerFile(file), "parsec.backup.api.viewer-token-file", "16");
    tokens(LONG, "16-characters-ok").require();
    tokens("", " ").require();
  }

  @Test
  void refusesTwoEqualTokens() throws IOException {
    assertRefused(tokens(LONG, LONG), "parsec.backup.api.viewer-token", "the same");
    Path file = Files.writeString(folder.resolve("same"), LONG + "\r\n");
    assertRefused(viewerFile(file), "parsec.backup.api.viewer-token", "the same");
    assertEquals(Set.of(Role.VIEWER), viewerFile(file).rolesOf(LONG));
  }

  @Test
  void refusesAFileThatCannotBeRead() throws IOException {
    Path absent = folder.resolve("absent");
    assertRefused(viewerFile(absent), "parsec.backup.api.viewer-token-file", absent.toString());
    assertRefused(viewerFile(folder), "parsec.backup.api.viewer-token-file", "not a regular file");
    assertRefused(
        viewerFile(Files.createFile(folder.resolve("empty"))),
        "parsec.backup.api.viewer-token-file",
        "16");
  }

  @Test
  void readsAFileOnEachCallAndRefusesAShortToken() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), OTHER + "\n");
    Tokens tokens = viewerFile(file);
    tokens.require();
    assertEquals(Set.of(Role.VIEWER), tokens.rolesOf(OTHER));
    assertEquals(Set.of(Role.VIEWER, Role.OPERATOR), tokens.rolesOf(LONG));
    Files.writeString(file, "short");
    assertEquals(Set.of(), tokens.rolesOf("short"));
    assertEquals(Set.of(), tokens.rolesOf(OTHER));
    Files.delete(file);
    assertEquals(Set.of(), tokens.rolesOf(""));
  }
}
