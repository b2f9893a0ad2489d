package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.parsec.Bytes;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The repository's files of objects, each read whole and compared with its record before anybody
 * gets a byte of it.
 *
 * @param share what is given of each
 * @param mostInMemory up to so many bytes a file is held in memory; larger ones are read again
 */
record SourceFiles(ObjectProof proof, NodeShare share, long mostInMemory) {

  /** What was found. */
  sealed interface Found {}

  /** The share of the bytes that the record describes. */
  record Whole(Payload payload) implements Found {}

  /** No such bytes. */
  record Damaged(Damage damage) implements Found {}

  /** The share of {@code entry}'s bytes, from the first place that has them. Reads files. */
  Found read(IndexRecord entry) {
    List<Payload> read = new ArrayList<>(1);
    Optional<Damage> damage =
        proof.read(
            entry,
            file -> {
              Read found = read(file, entry.size());
              read.add(found.payload());
              return found.sha256();
            });
    return damage.<Found>map(Damaged::new).orElseGet(() -> new Whole(read.getLast()));
  }

  /**
   * What a file holds.
   *
   * @param sha256 of all of it
   */
  private record Read(String sha256, Payload payload) {}

  /** At most what was looked for; a file that has grown since has another digest by then. */
  private byte[] all(Path file) throws IOException {
    try (InputStream in = PlainFiles.open(file)) {
      return in.readNBytes((int) Math.min(mostInMemory + 1, Integer.MAX_VALUE - 8));
    }
  }

  private Read read(Path file, long size) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
    if (size <= mostInMemory) {
      byte[] all = all(file);
      sha256.update(all);
      String digest = Sha256.hex(sha256);
      if (!(share instanceof NodeShare.Chunks chunks)) {
        md5.update(all);
        return new Read(digest, new Payload.InMemory(all, digest, Sha256.hex(md5)));
      }
      byte[] chunk = new byte[(int) chunks.layout().chunkLength(all.length)];
      share.bytes(Bytes.of(all), all.length).read(0, ByteBuffer.wrap(chunk));
      sha256.update(chunk);
      md5.update(chunk);
      return new Read(digest, new Payload.InMemory(chunk, Sha256.hex(sha256), Sha256.hex(md5)));
    }
    if (!(share instanceof NodeShare.Chunks chunks)) {
      Sha256.update(file, sha256, md5);
      String digest = Sha256.hex(sha256);
      return new Read(
          digest, new Payload.InFile(file, share::bytes, size, digest, Sha256.hex(md5)));
    }
    String digest = Sha256.of(file);
    long length = chunks.layout().chunkLength(size);
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.READ)) {
      FileBytes.each(
          share.bytes(new FileBytes(channel), size),
          length,
          piece -> {
            sha256.update(piece.duplicate());
            md5.update(piece);
          });
    }
    return new Read(
        digest,
        new Payload.InFile(file, share::bytes, length, Sha256.hex(sha256), Sha256.hex(md5)));
  }
}
