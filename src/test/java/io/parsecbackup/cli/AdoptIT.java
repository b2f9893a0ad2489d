package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.AwsCli;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new user's first day: {@code aws s3 sync} has already copied the objects. */
class AdoptIT {

  @TempDir static Path folder;
  private static ParsecStack stack;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(60, 4096).unreferenced(2, 2));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Shell.Result aws(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("aws", "--endpoint-url"));
    command.add(stack.s3().endpoint().toString());
    command.addAll(List.of(arguments));
    return Shell.with(folder, AwsCli.environment(stack.s3()), command);
  }

  private static void syncByHand(Path objects) throws Exception {
    Shell.Result sync = aws("s3", "sync", "--only-show-errors", "s3://parsec", objects.toString());
    assertEquals(0, sync.exitCode(), sync.output());
  }

  @Test
  void fetchesNothingTwice() throws Exception {
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      Place place = Place.through(proxy, stack, folder.resolve("adopted"));
      syncByHand(place.objects());

      Ended unasked = place.run("backup");
      assertEquals(1, unasked.exitCode(), unasked.all());
      assertTrue(unasked.stderr().contains("'adopt'"), unasked.stderr());

      List<String> keys = List.copyOf(stack.bucket().list());
      Path damaged = place.objects().resolve(keys.get(3));
      Files.writeString(damaged, "not what the bucket holds");
      Files.delete(place.objects().resolve(keys.get(5)));
      Ended adopt = place.run("adopt", "--json");
      assertEquals(0, adopt.exitCode(), adopt.all());
      assertEquals(62, adopt.json().path("checked").path("objects").asInt(), adopt.all());
      assertEquals("adopt", adopt.json().path("kind").asText());
      assertEquals(keys.get(3), adopt.json().path("findings").path(0).path("key").asText());
      assertEquals(0, proxy.count(Kind.GET_OBJECT));
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(place.objects().resolve(keys.getFirst()))));

      Ended backup = place.run("backup", "--json");
      assertEquals(0, backup.exitCode(), backup.all());
      assertEquals(List.of(keys.get(3), keys.get(5)), proxy.fetched().stream().sorted().toList());
      assertEquals(2, backup.json().path("objects").path("copied").asInt());
      assertEquals(1, backup.json().path("objects").path("conflicts").asInt());
      assertTrue(TreeComparison.of(place.objects(), stack.bucket()).isExact());

      Ended again = place.run("adopt");
      assertEquals(0, again.exitCode(), again.all());
      assertTrue(again.stdout().contains("already known: 64"), again.stdout());
    }
  }

  @Test
  void keepsTheBindingWhenItFails() throws Exception {
    Place place = Place.of(stack, folder.resolve("mistyped"));
    assertEquals(0, place.run("backup").exitCode());
    Ended adopt =
        place
            .with("PARSEC_BLOCKSTORE", stack.blockstore().replace(":parsec:", ":no-such-bucket:"))
            .run("adopt");
    assertEquals(1, adopt.exitCode(), adopt.all());
    Ended backup = place.run("backup");
    assertEquals(0, backup.exitCode(), backup.all());
  }

  @Test
  void leavesNothingForAwsToSyncInEitherDirection() throws Exception {
    Place place = Place.of(stack, folder.resolve("plain")).byListing();
    assertEquals(0, place.run("backup").exitCode());
    String objects = place.objects().toString();
    Shell.Result down = aws("s3", "sync", "--dryrun", "s3://parsec", objects);
    assertEquals("", down.output());
    assertEquals(0, down.exitCode());
    Shell.Result up = aws("s3", "sync", "--dryrun", objects, "s3://parsec");
    assertEquals("", up.output());
    assertEquals(0, up.exitCode());
  }
}
