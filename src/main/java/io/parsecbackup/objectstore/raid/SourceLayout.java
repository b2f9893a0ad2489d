package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.ByteSource;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a source distributes objects over its buckets, and how its listing shows them.
 *
 * @param raid empty for a single bucket
 * @param nodes the number of buckets
 */
public record SourceLayout(Optional<RaidMode> raid, int nodes) {

  public static SourceLayout of(Blockstore blockstore) {
    return blockstore instanceof Blockstore.Raid(RaidMode mode, List<Blockstore> nodes)
        ? new SourceLayout(Optional.of(mode), nodes.size())
        : new SourceLayout(Optional.empty(), 1);
  }

  /** The size that a listing shows for an object of {@code size} bytes. */
  public ListedSize listedSize(long size) {
    return isSplit()
        ? new ListedSize.Chunks(new Raid5(nodes).chunkLength(size))
        : new ListedSize.Whole(size);
  }

  /**
   * Whether the listed object is the one in the repository. If the repository has no ETag for it,
   * the dates are compared.
   */
  public boolean isSame(IndexRecord held, SourceObject listed) {
    return listed.size().equals(listedSize(held.size()))
        && NodeEtags.agree(held.etag(), listed.etag())
        && (!held.etag().isEmpty() || held.lastModified().equals(listed.lastModified()));
  }

  /** Whether nodes have parts of objects, so that an object's MD5 is the ETag of no node. */
  public boolean isSplit() {
    return raid.filter(mode -> mode == RaidMode.RAID5).isPresent();
  }

  /**
   * The ETag of an object with this MD5 if ETags are MD5s and the layout is not split, or those of
   * all nodes, in the form that {@link NodeEtags#agree} takes.
   */
  public String etag(String md5) {
    return raid.filter(mode -> mode == RaidMode.RAID1).isPresent()
        ? new NodeEtags(RaidMode.RAID1, Collections.nCopies(nodes, md5)).text()
        : md5;
  }

  /** The same for a split layout. Reads the object's file several times. */
  public String etag(Path file) throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.READ)) {
      return new NodeEtags(RaidMode.RAID5, chunkDigests(channel)).text();
    }
  }

  private List<String> chunkDigests(FileChannel channel) throws IOException {
    Raid5 layout = new Raid5(nodes);
    long size = channel.size();
    List<MessageDigest> digests = IntStream.range(0, nodes).mapToObj(node -> Sha256.md5()).toList();
    for (int node = 0; node < nodes; node++) {
      ByteSource chunk = layout.chunk(new FileBytes(channel), size, node);
      FileBytes.each(chunk, layout.chunkLength(size), digests.get(node)::update);
    }
    return digests.stream().map(Sha256::hex).toList();
  }
}
