package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.parsec.ByteSource;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects' files in the repository. Each file is read completely and checked against its record
 * before any of its bytes are used.
 *
 * @param share the part of each object that is uploaded
 * @param mostInMemory files up to this size in bytes are held in memory; larger ones are read again
 */
record SourceFiles(ObjectProof proof, NodeShare share, long mostInMemory) {

  /** The result of reading a file. */
  sealed interface Result {}

  /** The file has the object's bytes: this is the share of them to upload. */
  record Intact(Payload payload) implements Result {}

  /** No file has the object's bytes. */
  record Damaged(Damage damage) implements Result {}

  /** Reads the object from the first place that has its bytes. */
  Result read(IndexRecord entry) {
    List<Payload> read = new ArrayList<>(1);
    Optional<Damage> damage =
        proof.read(
            entry,
            place -> {
              Read found =
                  entry.size() <= mostInMemory
                      ? inMemory(place.bytes())
                      : inFile(place.local(), entry.size());
              read.add(found.payload());
              return found.sha256();
            });
    return damage.<Result>map(Damaged::new).orElseGet(() -> new Intact(read.getLast()));
  }

  /** Checks sizes only, of objects in key order, without reading their bytes. */
  ObjectProof.Look lookInOrder() throws IOException {
    return proof.lookInOrder();
  }

  /**
   * The contents of a file.
   *
   * @param sha256 of the whole file
   */
  private record Read(String sha256, Payload payload) {}

  private Read inMemory(byte[] all) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
    sha256.update(all);
    String digest = Sha256.hex(sha256);
    if (!(share instanceof NodeShare.Chunks chunks)) {
      md5.update(all);
      return new Read(digest, new Payload.InMemory(all, digest, Sha256.hex(md5)));
    }
    byte[] chunk = new byte[(int) chunks.layout().chunkLength(all.length)];
    share.bytes(ByteSource.of(all), all.length).read(0, ByteBuffer.wrap(chunk));
    sha256.update(chunk);
    md5.update(chunk);
    return new Read(digest, new Payload.InMemory(chunk, Sha256.hex(sha256), Sha256.hex(md5)));
  }

  private Read inFile(Path file, long size) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
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
