package io.parsecbackup.sync;

import io.parsecbackup.repository.Damage;
import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The repository's files of objects, each read whole and compared with its record before anybody
 * gets a byte of it.
 *
 * @param mostInMemory up to so many bytes a file is held in memory; larger ones are read again
 */
record SourceFiles(ObjectProof proof, long mostInMemory) {

  /** What was found. */
  sealed interface Found {}

  /** The bytes that the record describes. */
  record Whole(Payload payload) implements Found {}

  /** No such bytes. */
  record Damaged(Damage damage) implements Found {}

  /** The bytes of {@code entry}, from the first place that has them. Reads files. */
  Found read(IndexRecord entry) {
    List<Payload> read = new ArrayList<>(1);
    Optional<Damage> damage =
        proof.read(
            entry,
            file -> {
              Payload payload = payload(file, entry.size());
              read.add(payload);
              return payload.sha256();
            });
    return damage.<Found>map(Damaged::new).orElseGet(() -> new Whole(read.getLast()));
  }

  private Payload payload(Path file, long size) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
    if (size <= mostInMemory) {
      byte[] bytes = Files.readAllBytes(file);
      sha256.update(bytes);
      md5.update(bytes);
      return new Payload.InMemory(bytes, Sha256.hex(sha256), Sha256.hex(md5));
    }
    Sha256.update(file, sha256, md5);
    return new Payload.InFile(file, size, Sha256.hex(sha256), Sha256.hex(md5));
  }
}
