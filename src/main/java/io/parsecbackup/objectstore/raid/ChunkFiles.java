package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.BodyWriter;
import io.parsecbackup.objectstore.content.ContentFacts;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.objectstore.content.FileDigests;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.parsec.ByteSource;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.storage.Content;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The fetched chunks of one object, open for reading. Others close their results. */
final class ChunkFiles implements AutoCloseable {

  /**
   * One chunk.
   *
   * @param node the index of its node
   * @param bytes in memory, or in an open file
   */
  record Chunk(int node, FetchResult result, ByteSource bytes) {
    long length() {
      return result.fetched().size();
    }
  }

  private final Raid5 layout;
  private final List<Chunk> chunks = new ArrayList<>();
  private final List<FileChannel> files = new ArrayList<>();

  private ChunkFiles(Raid5 layout) {
    this.layout = layout;
  }

  /** A block and the chunks that form it. */
  record Joined(Raid5.Block block, List<Chunk> from) {
    boolean hasSize(OptionalLong size) {
      return size.orElse(block.size()) == block.size();
    }
  }

  /**
   * Opens the fetched chunks.
   *
   * @param answers of the nodes, in their order; the last ones may be left out
   */
  static ChunkFiles open(Raid5 layout, List<RaidNode.Answer> answers) throws IOException {
    ChunkFiles opened = new ChunkFiles(layout);
    try {
      for (int node = 0; node < answers.size(); node++) {
        if (answers.get(node) instanceof RaidNode.Fetched(FetchResult result)) {
          opened.chunks.add(new Chunk(node, result, opened.bytes(result.content())));
        }
      }
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private ByteSource bytes(Content content) throws IOException {
    return switch (content) {
      case Content.InMemory memory -> ByteSource.of(memory.bytes());
      case Content.InFile file -> {
        FileChannel channel = FileChannel.open(file.file());
        files.add(channel);
        yield new FileBytes(channel);
      }
    };
  }

  /**
   * The block that the chunks form. If they do not fit together, one of them may be damaged: each
   * is left out in turn, as long as there are enough others.
   *
   * @return a block of the right size if there is one, otherwise the first that fits together
   */
  Optional<Joined> join(OptionalLong size) throws IOException {
    Optional<Joined> ofOtherSize = Optional.empty();
    for (long length : lengths(size)) {
      for (List<Chunk> choice : choices(length)) {
        Optional<Joined> joined = join(choice, length);
        if (joined.isPresent() && joined.get().hasSize(size)) {
          return joined;
        }
        ofOtherSize = ofOtherSize.or(() -> joined);
      }
    }
    return ofOtherSize;
  }

  private Optional<Joined> join(List<Chunk> choice, long length) throws IOException {
    List<Optional<ByteSource>> sources =
        new ArrayList<>(Collections.nCopies(layout.nodes(), Optional.empty()));
    choice.forEach(chunk -> sources.set(chunk.node(), Optional.of(chunk.bytes())));
    try {
      return Optional.of(new Joined(layout.join(sources, length), choice));
    } catch (Raid5.InvalidChunksException e) {
      return Optional.empty();
    }
  }

  /** The right length first, then the most frequent one. */
  private List<Long> lengths(OptionalLong size) {
    OptionalLong right =
        size.isPresent()
            ? OptionalLong.of(layout.chunkLength(size.getAsLong()))
            : OptionalLong.empty();
    List<Long> all = chunks.stream().map(Chunk::length).toList();
    return all.stream()
        .distinct()
        .sorted(
            Comparator.comparing((Long length) -> !right.equals(OptionalLong.of(length)))
                .thenComparingInt(length -> -Collections.frequency(all, length)))
        .toList();
  }

  /** Sets of chunks of one length that can form a block; those without the parity first. */
  private List<List<Chunk>> choices(long length) {
    List<Chunk> alike = chunks.stream().filter(chunk -> chunk.length() == length).toList();
    if (alike.size() < layout.nodes()) {
      return alike.size() == layout.dataNodes() ? List.of(alike) : List.of();
    }
    return alike.reversed().stream()
        .map(left -> alike.stream().filter(chunk -> chunk.node() != left.node()).toList())
        .toList();
  }

  /** Writes the block. The chunks are still needed. */
  FetchResult write(Joined joined, BodyScratch bodies) throws IOException {
    Raid5.Block block = joined.block();
    try (BodyWriter body = bodies.begin(OptionalLong.of(block.size()), Optional.empty())) {
      FileBytes.each(block.bytes(), block.size(), body::write);
      List<String> etags = new ArrayList<>(Collections.nCopies(layout.nodes(), ""));
      joined.from().forEach(chunk -> etags.set(chunk.node(), chunk.result().fetched().etag()));
      FileDigests digests = body.digests().digests();
      FetchedObject object =
          new FetchedObject(
              digests,
              digests.size(),
              new NodeEtags(RaidMode.RAID5, etags).text(),
              joined.from().stream()
                  .map(chunk -> chunk.result().fetched().lastModified())
                  .max(Comparator.naturalOrder())
                  .orElse(Instant.EPOCH),
              ContentFacts.NONE);
      return new FetchResult(
          new ReceivedObject(object, body.finish(digests)),
          joined.from().stream()
              .map(chunk -> chunk.result().check())
              .reduce(ContentCheck::orWeaker)
              .orElse(ContentCheck.UNKNOWN),
          List.of());
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel file : files) {
      file.close();
    }
  }
}
