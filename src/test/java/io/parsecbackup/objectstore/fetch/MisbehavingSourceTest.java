package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.FaultRule;
import io.parsecbackup.testing.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that gives a different bad answer for each of some objects. A bad answer affects only
 * its own object.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MisbehavingSourceTest {

  private static final Set<Misbehaviour> BAD = EnumSet.allOf(Misbehaviour.class);

  private static final int GOOD_FOR_EACH_BAD = 2;

  @TempDir Path folder;
  private final Map<Misbehaviour, String> bad = new EnumMap<>(Misbehaviour.class);

  private SourceScenario open(SourceScenario.Kind kind) {
    SourceScenario source = new SourceScenario(kind, folder);
    int next = 0;
    for (Misbehaviour answer : BAD) {
      bad.put(answer, SourceScenario.key(next));
      for (int i = 0; i <= GOOD_FOR_EACH_BAD; i++) {
        String key = SourceScenario.key(next++);
        source.put(key, Content.generated(key, 1, 2_000 + next).bytes());
      }
    }
    return source;
  }

  @ParameterizedTest
  @EnumSource
  void failsOnlyTheObjectsWithBadAnswers(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind)) {
      bad.forEach((answer, key) -> source.whenFetched(key, answer.fault()));
      List<String> missing = source.sync();
      for (String key : bad.values()) {
        assertTrue(missing.stream().anyMatch(line -> line.contains(key)), key + ": " + missing);
      }
      assertEquals(bad.size(), missing.size(), missing.toString());
      assertEquals(bad.size(), source.scenario.counters.failed());
      List<String> others = new ArrayList<>(source.blocks.keySet());
      others.removeAll(bad.values());
      assertEquals(others, source.held());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RAID1", "RAID5"})
  void fetchesAllObjectsIfOnlyOneNodeMisbehaves(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind)) {
      List<FaultRule> rules = new ArrayList<>();
      bad.forEach((answer, key) -> rules.add(source.whenFetchedFrom(0, key, answer.fault())));
      assertEquals(List.of(), source.sync());
      assertEquals(new ArrayList<>(source.blocks.keySet()), source.held());
      assertTrue(rules.stream().allMatch(rule -> rule.struck() > 0));
    }
  }
}
