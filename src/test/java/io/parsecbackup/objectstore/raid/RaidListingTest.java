package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.RaidBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The listings of a RAID's nodes, merged into one listing of whole objects. */
class RaidListingTest {

  private static final Instant OLD = Instant.parse("2026-01-01T00:00:00.123Z");
  private static final Instant NEW = Instant.parse("2026-01-02T00:00:00.456Z");

  private final RaidCounters counters = new RaidCounters();

  private static ListedObject listed(String key, long size, String etag, Instant date) {
    return new ListedObject(key, size, etag, date);
  }

  private static ListedObject listed(String key, long size, String etag) {
    return listed(key, size, etag, OLD);
  }

  @SafeVarargs
  private List<String> merged(RaidMode mode, List<ListedObject>... nodes) {
    List<String> lines = new ArrayList<>();
    new RaidListing(mode, List.of(nodes).stream().map(List::iterator).toList(), counters)
        .forEachRemaining(entry ->
            lines.add(
                entry.key()
                    + "|"
                    + size(entry.size())
                    + "|"
                    + entry.etag()
                    + (entry.lastModified().equals(NEW) ? "|new" : "")));
    return lines;
  }

  private static String size(ListedSize size) {
    return switch (size) {
      case ListedSize.Whole(long bytes) -> Long.toString(bytes);
      case ListedSize.Chunks(long bytes) -> "chunks " + bytes;
    };
  }

  @Test
  void listsForRaid0WhatTheRightNodeLists() {
    String zero = "o/00000000-0000-0000-0000-000000000002";
    String one = "o/00000000-0000-0000-0000-000000000003";
    assertEquals(
        List.of("a|1|x", zero + "|2|y", one + "|3|z"),
        merged(
            RaidMode.RAID0,
            List.of(listed("a", 1, "x"), listed(zero, 2, "y"), listed(one, 9, "wrong")),
            List.of(listed(one, 3, "z"), listed("other", 4, "nobody's"))));
    assertEquals(2, counters.misplaced());
  }

  @Test
  void listsForRaid1WhatAnyNodeListsInTheOrderOfUtf8() {
    assertEquals(
        List.of(
            "a|1|raid1 x x x|new",
            "b|2|raid1 x - y",
            "\uff00|3|raid1 - z -",
            "\ud834\udd1e|4|raid1 z - -"),
        merged(
            RaidMode.RAID1,
            List.of(listed("a", 1, "x"), listed("b", 2, "x"), listed("\ud834\udd1e", 4, "z")),
            List.of(listed("a", 1, "x", NEW), listed("\uff00", 3, "z")),
            List.of(listed("a", 1, "x"), listed("b", 2, "y"))));
    assertEquals(3, counters.listedDegraded());
  }

  @Test
  void usesForRaid1TheMostFrequentSizeThenTheLargest() {
    assertEquals(
        List.of("a|1|raid1 x - x", "b|7|raid1 - y -"),
        merged(
            RaidMode.RAID1,
            List.of(listed("a", 1, "x"), listed("b", 5, "x")),
            List.of(listed("a", 9, "y", NEW), listed("b", 7, "y")),
            List.of(listed("a", 1, "x"), listed("b", 6, "z"))));
    assertEquals(2, counters.listedDegraded());
  }

  @Test
  void showsTheChunkLengthForRaid5AndSkipsWhatTooFewNodesList() {
    assertEquals(
        List.of("a|chunks 8|raid5 x y p|new", "b|chunks 8|raid5 x - p"),
        merged(
            RaidMode.RAID5,
            List.of(listed("a", 8, "x"), listed("b", 8, "x"), listed("c", 8, "x")),
            List.of(listed("a", 8, "y"), listed("b", 9, "y"), listed("d", 0, "y")),
            List.of(listed("a", 8, "p", NEW), listed("b", 8, "p"), listed("d", 0, "p"))));
    assertEquals(1, counters.listedDegraded());
    assertEquals(2, counters.partial());
  }

  @Test
  void continuesWithoutANodeThatCannotBeListed() {
    assertEquals(
        List.of("a|chunks 8|raid5 x - p"),
        merged(
            RaidMode.RAID5, List.of(listed("a", 8, "x")), List.of(), List.of(listed("a", 8, "p"))));
    assertEquals(List.of(), merged(RaidMode.RAID1, List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a            | a            | true",
        "a            | b            | false",
        "raid1 a a    | raid1 a a    | true",
        "raid1 a -    | raid1 a b    | true",
        "raid1 a -    | raid1 - a    | false",
        "raid1 a a    | raid1 a b    | false",
        "raid1 - -    | raid1 - -    | false",
        "raid1 a a    | raid1 a a a  | false",
        "raid1 a a    | a            | false",
        "raid1 a b c  | raid5 a b c  | false",
        "raid5 a b -  | raid5 a b p  | true",
        "raid5 a b p  | raid5 a b p  | true",
        "raid5 a b -  | raid5 a - p  | false",
        "raid5 a b p  | raid5 a - p  | true",
        "raid5 a b p  | raid5 a c p  | false",
        "raid5 a b p  | raid5 a b q  | false",
      })
  void comparesETagsOfNodesThatAreKnownOnBothSides(String held, String listed, boolean agrees) {
    assertEquals(agrees, NodeEtags.agree(held, listed));
    assertEquals(agrees, NodeEtags.agree(listed, held));
  }

  @Test
  void recognizesETagsThatAreMd5s() {
    String md5 = "0123456789abcdef0123456789ABCDEF";
    assertTrue(NodeEtags.areMd5(md5));
    assertTrue(NodeEtags.areMd5("raid5 " + md5 + " - " + md5));
    assertFalse(NodeEtags.areMd5("raid5 " + md5 + " x-2 " + md5));
    assertFalse(NodeEtags.areMd5("raid1 - -"));
    assertEquals(md5, NodeEtags.ofWhole("raid1 - " + md5));
    assertEquals("", NodeEtags.ofWhole("raid5 a b c"));
    assertEquals("x", NodeEtags.ofWhole("x"));
  }

  @Test
  void computesHowAFileWouldBeListed(@TempDir Path folder) throws IOException {
    for (int size : List.of(0, 1, 5, 65_530, 400_001)) {
      byte[] block = Content.generated("k", 1, size).bytes();
      Path file = Files.write(folder.resolve("f" + size), block);
      String md5 = Content.md5(block);
      SourceLayout single = new SourceLayout(Optional.empty(), 1);
      assertEquals(md5, single.etag(md5));
      assertEquals(new ListedSize.Whole(size), single.listedSize(size));
      assertEquals(md5, new SourceLayout(Optional.of(RaidMode.RAID0), 3).etag(md5));
      SourceLayout copies = new SourceLayout(Optional.of(RaidMode.RAID1), 2);
      assertEquals("raid1 " + md5 + " " + md5, copies.etag(md5));
      assertEquals(new ListedSize.Whole(size), copies.listedSize(size));
      for (int nodes = 3; nodes <= 5; nodes++) {
        byte[][] chunks = RaidBlocks.chunks(block, nodes);
        List<List<ListedObject>> listings = new ArrayList<>();
        for (byte[] chunk : chunks) {
          listings.add(List.of(listed("k", chunk.length, Content.md5(chunk))));
        }
        SourceObject listed =
            new RaidListing(
                    RaidMode.RAID5, listings.stream().map(List::iterator).toList(), counters)
                .next();
        SourceLayout raid5 = new SourceLayout(Optional.of(RaidMode.RAID5), nodes);
        assertEquals(listed.etag(), raid5.etag(file));
        assertEquals(listed.size(), raid5.listedSize(size));
        assertInstanceOf(ListedSize.Chunks.class, listed.size());
      }
    }
  }
}
