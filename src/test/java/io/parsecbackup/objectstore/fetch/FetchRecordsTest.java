package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.objectstore.raid.ListedSize;
import io.parsecbackup.objectstore.raid.SourceObject;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The records of a run are the same after a scratch file. */
class FetchRecordsTest {

  private static final String KEY = "Éléphant-日本/tab\tnew\nline\\";
  private static final Instant DATE = Instant.parse("2026-03-01T10:20:30.456Z");

  @TempDir Path scratch;

  /** Keys must differ and be in order. */
  @SafeVarargs
  private <T> void assertKept(RecordCodec<T> codec, T... records) throws IOException {
    RecordSorter<T> sorter = new RecordSorter<>(codec, scratch, "records");
    for (T record : records) {
      sorter.add(record);
    }
    List<T> read = new ArrayList<>();
    try (RecordStream<T> sorted = sorter.sorted()) {
      sorted.forEachRemaining(read::add);
    }
    assertEquals(List.of(records), read);
  }

  @Test
  void keepsPlannedFetches() throws IOException {
    assertKept(
        PlannedFetch.CODEC,
        new PlannedFetch("a", Optional.empty(), "", Optional.empty(), false),
        new PlannedFetch(
            "b", Optional.of(new ListedSize.Whole(0)), "etag\t", Optional.of(DATE), true),
        new PlannedFetch(
            KEY, Optional.of(new ListedSize.Chunks(8)), "raid5 x -", Optional.of(DATE), false));
  }

  @Test
  void keepsFailuresOfEveryKind() throws IOException {
    assertKept(
        FetchFailure.CODEC,
        new FetchFailure("a", FetchFailure.Kind.ABSENT, ""),
        new FetchFailure("b", FetchFailure.Kind.REPLACED, "two\nlines"),
        new FetchFailure(KEY, FetchFailure.Kind.UNREADABLE, "the server answered 403"));
  }

  @Test
  void keepsUnprovenReferences() throws IOException {
    assertKept(
        UnprovenReference.CODEC,
        new UnprovenReference(new Reference("a", List.of(5L)), false),
        new UnprovenReference(new Reference(KEY, List.of(0L, 7L, 1L << 40)), true));
  }

  @Test
  void plansWithTheSizeOfTheRowIfTheListingShowsChunksOnly() {
    SourceObject chunks = new SourceObject("k", new ListedSize.Chunks(8), "raid5 x y -", DATE);
    assertEquals(OptionalLong.empty(), PlannedFetch.of(chunks).bytes());
    PlannedFetch planned = PlannedFetch.of(new Reference("k", List.of(12L)), chunks);
    assertEquals(OptionalLong.of(12), planned.bytes());
    assertEquals(true, planned.covered());
    PlannedFetch ambiguous = PlannedFetch.of(new Reference("k", List.of(12L, 13L)), chunks);
    assertEquals(Optional.empty(), ambiguous.size());
    assertEquals(false, ambiguous.covered());
  }

  @Test
  void plansAListedObjectAsCoveredOnlyIfItHasTheSizeOfItsRow() {
    SourceObject listed = new SourceObject("k", new ListedSize.Whole(5), "x", Instant.EPOCH);
    assertEquals(true, PlannedFetch.of(new Reference("k", List.of(5L)), listed).covered());
    assertEquals(false, PlannedFetch.of(new Reference("k", List.of(6L)), listed).covered());
    assertEquals(false, PlannedFetch.of(new Reference("k", List.of(5L, 6L)), listed).covered());
    assertEquals(Optional.empty(), PlannedFetch.of(listed).lastModified());
  }
}
