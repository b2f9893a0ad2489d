package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultRule;
import io.parsecbackup.testing.S3Request.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that works, but never for long: everything arrives in one run, each byte right. */
@Timeout(120)
class UnreliableStoreTest {

  private static final int OBJECTS = 600;

  @TempDir Path folder;

  @Test
  void everythingArrivesAlthoughTheStoreRefusesResetsAndTruncates() throws Exception {
    try (FetchScenario scenario = new FetchScenario(folder)) {
      scenario.fill(OBJECTS);
      FaultRule truncated = scenario.proxy.when(Kind.GET_OBJECT, new Fault.Cut(60)).every(100);
      FaultRule reset = scenario.proxy.when(request -> true, new Fault.Reset(20)).every(50);
      FaultRule refused = scenario.proxy.when(request -> true, Fault.status(503)).every(3);
      assertEquals(List.of(), scenario.sync());
      assertEquals(OBJECTS, scenario.counters.copied());
      assertEquals(0, scenario.counters.failed());
      scenario.assertHoldsTheBucket();
      assertTrue(refused.struck() >= OBJECTS / 3, refused.struck() + " refused");
      assertTrue(reset.struck() >= OBJECTS / 50, reset.struck() + " reset");
      assertTrue(truncated.struck() >= OBJECTS / 100, truncated.struck() + " truncated");
    }
  }
}
