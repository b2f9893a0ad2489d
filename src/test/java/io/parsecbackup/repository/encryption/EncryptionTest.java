package io.parsecbackup.repository.encryption;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in the format of age: keys, round trips, damage, and age itself. */
class EncryptionTest {

  private static final AgeKeys FIRST = AgeKeys.create();
  private static final AgeKeys SECOND = AgeKeys.create();

  @TempDir Path folder;

  private static Encryption with(String recipients) {
    return new Encryption(Optional.of(recipients), Optional.empty());
  }

  private Encryption opener(AgeKeys... keys) throws IOException {
    return new Encryption(Optional.empty(), Optional.of(AgeKeys.file(folder, keys)));
  }

  private Path encrypted(int bytes, AgeKeys... keys) throws IOException {
    byte[] plain = new byte[bytes];
    new Random(bytes).nextBytes(plain);
    Path file = Files.write(folder.resolve("plain-" + bytes), plain);
    Files.deleteIfExists(Path.of(file + EncryptedNames.SUFFIX));
    String recipients =
        AgeKeys.recipients(keys).getOrDefault("PARSEC_BACKUP_ENCRYPTION_RECIPIENTS", "");
    return with(recipients).recipients().orElseThrow().encrypt(file);
  }

  private static byte[] read(ReadableFile file) throws IOException {
    try (InputStream in = file.open()) {
      return in.readAllBytes();
    }
  }

  private static byte[] plainOf(Path encrypted) throws IOException {
    return Files.readAllBytes(
        encrypted.resolveSibling(EncryptedNames.plain(encrypted.getFileName().toString())));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_000})
  void eachRecipientReadsWhatWasWritten(int bytes) throws IOException {
    Path file = encrypted(bytes, FIRST, SECOND);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    for (AgeKeys key : new AgeKeys[] {FIRST, SECOND}) {
      assertArrayEquals(plainOf(file), read(opener(key).readable(file)));
    }
    // After a rotation the file with identities also has older ones.
    assertArrayEquals(plainOf(file), read(opener(AgeKeys.create(), SECOND).readable(file)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_536, 150_000})
  void findsEveryTruncationAndChange(int bytes) throws IOException {
    Path file = encrypted(bytes, FIRST);
    byte[] whole = Files.readAllBytes(file);
    int header = whole.length - bytes - 16 * Math.max(1, (bytes + 65_535) / 65_536);
    Encryption opener = opener(FIRST);
    for (int length :
        new int[] {
          0, 10, header - 20, header, header + 1, header + 16, whole.length - 17, whole.length - 1
        }) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(
          DecryptionException.class, () -> read(opener.readable(file)), "cut to " + length);
    }
    if (bytes > 65_536) {
      Files.write(file, Arrays.copyOf(whole, header + 65_536 + 16));
      assertThrows(DecryptionException.class, () -> read(opener.readable(file)), "one chunk");
    }
    for (int more : new int[] {1, 16, 70_000}) {
      Files.write(file, Arrays.copyOf(whole, whole.length + more));
      assertThrows(DecryptionException.class, () -> read(opener.readable(file)), "+" + more);
    }
    for (int at : new int[] {3, header - 3, header - 30, header + 2, whole.length - 1}) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      IOException damaged =
          assertThrows(DecryptionException.class, () -> read(opener.readable(file)), "at " + at);
      assertTrue(String.valueOf(damaged.getMessage()).startsWith(file + " is damaged"));
    }
  }

  @Test
  void theRunReadsItsOwnFileBackWithoutAnIdentity() throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    ReadableFile own;
    Path file = folder.resolve("own.age");
    try (EncryptedOutput out = with(FIRST.recipient()).recipients().orElseThrow().encrypt(target)) {
      own = out.readBack(file);
      out.write(new byte[70_000]);
    }
    Files.write(file, target.toByteArray());
    assertArrayEquals(new byte[70_000], read(own));
    assertEquals(file.toString(), own.toString());
  }

  @Test
  void namesWhatIsMissingToReadAFile() throws IOException {
    Path file = encrypted(10, FIRST);
    Problem none = assertThrows(Problem.class, () -> Encryption.none().readable(file));
    assertEquals(2, none.exitCode());
    assertTrue(String.valueOf(none.getMessage()).contains(IdentityFile.KEY));
    Encryption other = opener(SECOND);
    Problem wrong = assertThrows(Problem.class, () -> read(other.readable(file)));
    assertEquals(2, wrong.exitCode());
    assertTrue(String.valueOf(wrong.getMessage()).contains("encrypted for other recipients"));
    assertArrayEquals(
        "x".getBytes(),
        read(Encryption.none().readable(Files.writeString(folder.resolve("a.tsv"), "x"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "age1xyz | 'age1xyz' (value 2) is not a valid public key",
        "ssh-ed25519 | value 2 is not a valid public key",
        "AGE-SECRET-KEY-1ABC | value 2 is a secret key",
        "age-secret-key-1abc | value 2 is a secret key",
      })
  void refusesAWrongRecipientWithoutRepeatingASecret(String wrong, String message) {
    Problem problem =
        assertThrows(Problem.class, () -> with(FIRST.recipient() + "\n\t" + wrong + " more"));
    assertEquals(2, problem.exitCode());
    String text = String.valueOf(problem.getMessage());
    assertTrue(text.startsWith(Recipients.KEY + ": " + message), text);
    assertFalse(text.contains("1ABC") || text.contains("1abc"), text);
  }

  /** The local copy of a file in a bucket has its digest as name, which tells nobody anything. */
  @Test
  void namesTheFileAndNotItsLocalCopy() throws IOException {
    Path copy = Files.copy(encrypted(10, FIRST), folder.resolve("78e57f39b9"));
    String name = "database.dump.age";
    Problem none = assertThrows(Problem.class, () -> Encryption.none().readable(name, copy));
    assertTrue(String.valueOf(none.getMessage()).startsWith(name + " is encrypted"));
    Encryption other = opener(SECOND);
    Problem wrong = assertThrows(Problem.class, () -> read(other.readable(name, copy)));
    assertTrue(String.valueOf(wrong.getMessage()).contains(" can decrypt " + name + ","));
    assertEquals(name, opener(FIRST).readable(name, copy).toString());
  }

  @Test
  void encryptsNothingWithoutRecipients() {
    assertEquals("database.dump", Encryption.none().nameOf("database.dump"));
    assertEquals(Optional.empty(), with(" \n").recipients());
    assertEquals("database.dump.age", with(FIRST.recipient()).nameOf("database.dump"));
    String twice = FIRST.recipient() + " " + FIRST.recipient() + " " + SECOND.recipient();
    assertEquals(2, with(twice).recipients().orElseThrow().count());
  }

  @Test
  void refusesAWrongIdentityFileWithoutRepeatingALine() throws IOException {
    Path file = folder.resolve("identity");
    Encryption encryption = new Encryption(Optional.empty(), Optional.of(file));
    Path any = folder.resolve("x.age");
    assertTrue(message(encryption, any).contains("cannot be read (NoSuchFileException)"));
    for (String[] wrong :
        new String[][] {
          {"# only a comment\n", "has no identity"},
          {FIRST.identity() + "\n" + FIRST.identity() + "S3CRET", "in line 2"},
          {FIRST.recipient(), "in line 1"},
          {"age-encryption.org/v1\n", "is itself encrypted"},
        }) {
      Files.writeString(file, wrong[0]);
      String message = message(encryption, any);
      assertTrue(message.contains(wrong[1]), message);
      assertFalse(message.contains("S3CRET") || message.contains("SECRET-KEY-1" + "Q"), message);
      assertFalse(message.contains(FIRST.identity()), message);
    }
    Files.writeString(file, FIRST.identity());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(encryption.identities().orElseThrow().isReadableByAll());
  }

  private static String message(Encryption encryption, Path file) {
    Problem problem = assertThrows(Problem.class, () -> encryption.readable(file));
    assertEquals(2, problem.exitCode());
    return String.valueOf(problem.getMessage());
  }

  @Test
  void ageReadsOurFilesAndWeReadItsFiles() throws Exception {
    Tool age = new Tool("age").assumeInstalled();
    Path ours = encrypted(100_000, FIRST, SECOND);
    Path decrypted = folder.resolve("decrypted");
    String identity = AgeKeys.file(folder, SECOND).toString();
    age.run("--decrypt", "-i", identity, "-o", decrypted.toString(), ours.toString());
    assertArrayEquals(plainOf(ours), Files.readAllBytes(decrypted));

    Path theirs = folder.resolve("theirs.age");
    age.run(
        "-r",
        FIRST.recipient(),
        "-r",
        SECOND.recipient(),
        "-o",
        theirs.toString(),
        decrypted.toString());
    assertArrayEquals(Files.readAllBytes(decrypted), read(opener(SECOND).readable(theirs)));
  }
}
