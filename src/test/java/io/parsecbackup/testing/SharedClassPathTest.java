package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedClassPathTest {

  @TempDir Path classes;

  @Test
  void aQuarkusTestInAnotherProcessDoesNotChangeTheKey() throws IOException {
    Files.writeString(classes.resolve("A.class"), "a");
    int before = SharedClassPath.key(classes.toString());
    Files.writeString(classes.resolve("test-classes.idx"), "index");
    assertEquals(before, SharedClassPath.key(classes.toString()));
    Files.writeString(classes.resolve("B.class"), "b");
    assertNotEquals(before, SharedClassPath.key(classes.toString()));
  }
}
