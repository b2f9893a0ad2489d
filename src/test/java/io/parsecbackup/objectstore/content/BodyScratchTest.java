package io.parsecbackup.objectstore.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.storage.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BodyScratchTest {

  private static final String TEXT = "content";

  @TempDir Path folder;
  private final BodyMemory memory = new BodyMemory(10);

  private BodyWriter written(BodyScratch scratch, OptionalLong size) {
    BodyWriter writer = scratch.begin(size, Optional.empty());
    writer.write(ByteBuffer.wrap(TEXT.getBytes(UTF_8)));
    return writer;
  }

  private static ReceivedBody finish(BodyWriter writer) {
    return writer.finish(writer.digests().digests());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private void assertFree(long bytes) {
    assertTrue(memory.tryReserve(bytes));
    assertFalse(memory.tryReserve(1));
    memory.release(bytes);
  }

  @Test
  void hasABodyInMemoryUntilItIsClosed() throws IOException {
    try (BodyScratch scratch = new BodyScratch(memory, folder)) {
      ReceivedBody body = finish(written(scratch, OptionalLong.of(TEXT.length())));
      Content.InMemory content = assertInstanceOf(Content.InMemory.class, body.content());
      assertArrayEquals(TEXT.getBytes(UTF_8), content.bytes());
      assertFree(3);
      body.close();
      body.close();
      assertFree(10);
      assertEquals(List.of(), files());
    }
  }

  @Test
  void hasOtherBodiesInFilesUntilTheyAreClosedOrMoved() throws IOException {
    try (BodyScratch scratch = new BodyScratch(memory, folder)) {
      for (OptionalLong size : List.of(OptionalLong.empty(), OptionalLong.of(11))) {
        ReceivedBody body = finish(written(scratch, size));
        Content.InFile content = assertInstanceOf(Content.InFile.class, body.content());
        assertEquals(TEXT, Files.readString(content.file()));
        body.close();
        assertEquals(List.of(), files());
        ReceivedBody moved = finish(written(scratch, size));
        Path target = folder.resolve("moved");
        Files.move(((Content.InFile) moved.content()).file(), target);
        moved.close();
        Files.delete(target);
      }
      assertFree(10);
    }
  }

  @Test
  void dropsABodyThatIsNotFinished() throws IOException {
    try (BodyScratch scratch = new BodyScratch(memory, folder)) {
      for (OptionalLong size : List.of(OptionalLong.empty(), OptionalLong.of(9))) {
        written(scratch, size).close();
        scratch.begin(size, Optional.empty()).close();
        assertFree(10);
        assertEquals(List.of(), files());
      }
    }
  }

  @Test
  void releasesWhatAShorterBodyDoesNotNeedAndRefusesALongerOne() {
    try (BodyScratch scratch = new BodyScratch(memory, folder)) {
      try (ReceivedBody body = finish(written(scratch, OptionalLong.of(9)))) {
        assertEquals(TEXT.length(), body.content().size());
        assertFree(3);
      }
      try (BodyWriter writer = scratch.begin(OptionalLong.of(3), Optional.empty())) {
        ByteBuffer more = ByteBuffer.wrap(TEXT.getBytes(UTF_8));
        assertThrows(TransferException.class, () -> writer.write(more));
      }
      assertFree(10);
    }
  }

  /** A cancelled run drops bodies that are on their way from one thread to another. */
  @Test
  void releasesTheMemoryOfLostBodiesWhenTheRunEnds() {
    BodyScratch other = new BodyScratch(memory, folder);
    assertTrue(other.tryReserve(1));
    BodyScratch scratch = new BodyScratch(memory, folder);
    ReceivedBody lost = finish(written(scratch, OptionalLong.of(TEXT.length())));
    BodyWriter unfinished = scratch.begin(OptionalLong.of(2), Optional.empty());
    scratch.close();
    assertFree(9);
    lost.close();
    unfinished.close();
    scratch.release(1);
    assertFree(9);
    assertFalse(scratch.tryReserve(1));
    other.release(1);
    assertFree(10);
  }
}
