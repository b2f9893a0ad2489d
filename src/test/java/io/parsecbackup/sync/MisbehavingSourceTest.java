package io.parsecbackup.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One object that a server answers for in the wrong way, among others that it gives. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MisbehavingSourceTest {

  private static final int OBJECTS = 6;
  private static final String BAD = SourceScenario.key(2);

  @TempDir Path folder;

  private SourceScenario open(SourceScenario.Kind kind) {
    SourceScenario source = new SourceScenario(kind, folder);
    for (int i = 0; i < OBJECTS; i++) {
      String key = SourceScenario.key(i);
      source.put(key, Content.generated(key, 1, 2_000 + i).bytes());
    }
    return source;
  }

  private static void assertIsMissing(SourceScenario source, List<String> missing)
      throws IOException {
    assertEquals(1, missing.size(), missing.toString());
    assertTrue(missing.getFirst().contains(BAD), missing.toString());
    List<String> others = new ArrayList<>(source.blocks.keySet());
    others.remove(BAD);
    assertEquals(others, source.held());
  }

  @ParameterizedTest
  @EnumSource
  void missesAnArchivedObjectAndNoOther(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind)) {
      source.whenFetched(BAD, Misbehaviour.ARCHIVED.fault());
      assertIsMissing(source, source.sync());
    }
  }
}
