package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.ContentFacts;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.objectstore.content.FileDigests;
import io.parsecbackup.objectstore.content.HashedFile;
import io.parsecbackup.parsec.ByteSource;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.ContentCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The fetched chunks of one object, open for reading. */
final class ChunkFiles implements AutoCloseable {

  /**
   * One chunk.
   *
   * @param node the index of its node
   * @param check how its bytes were checked
   */
  record Chunk(int node, FetchedObject fetched, ContentCheck check, FileChannel channel) {
    long length() {
      return fetched.size();
    }
  }

  private final Raid5 layout;
  private final List<Chunk> chunks = new ArrayList<>();

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
          opened.chunks.add(
              new Chunk(node, result.fetched(), result.check(), FileChannel.open(result.file())));
        }
      }
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
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
    choice.forEach(chunk -> sources.set(chunk.node(), Optional.of(new FileBytes(chunk.channel()))));
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

  /** Writes the block into a new file. */
  FetchResult write(Joined joined, Path into) throws IOException {
    try (HashedFile file = new HashedFile(into)) {
      FileBytes.each(joined.block().bytes(), joined.block().size(), file::write);
      List<String> etags = new ArrayList<>(Collections.nCopies(layout.nodes(), ""));
      joined.from().forEach(chunk -> etags.set(chunk.node(), chunk.fetched().etag()));
      FileDigests digests = file.digests();
      return new FetchResult(
          into,
          new FetchedObject(
              digests,
              digests.size(),
              new NodeEtags(RaidMode.RAID5, etags).text(),
              joined.from().stream()
                  .map(chunk -> chunk.fetched().lastModified())
                  .max(Comparator.naturalOrder())
                  .orElse(Instant.EPOCH),
              ContentFacts.NONE),
          joined.from().stream()
              .map(Chunk::check)
              .reduce(ContentCheck::orWeaker)
              .orElse(ContentCheck.UNKNOWN),
          List.of());
    }
  }

  @Override
  public void close() throws IOException {
    for (Chunk chunk : chunks) {
      chunk.channel().close();
    }
  }
}
