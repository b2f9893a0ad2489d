package io.parsecbackup.backup;

import io.parsecbackup.dump.Dump;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.Recipients;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files that are published with a backup, each with its SHA-256.
 *
 * @param encryption whose recipients get the lists of objects
 */
public record PublishedFiles(Encryption encryption, Map<Path, String> digests) {

  /** The files of the dump, if there is one; other files are added. */
  public PublishedFiles(Encryption encryption, Optional<Dump> dump) {
    this(encryption, new LinkedHashMap<>());
    dump.map(Dump::files).ifPresent(digests::putAll);
  }

  /** Adds {@code file} as it is. */
  public void add(Path file) throws IOException {
    digests.put(file, Sha256.of(file));
  }

  /**
   * Adds a list of objects, if there is one. If there are recipients, the list is encrypted, and
   * the plain one stays in the scratch folder until the run ends.
   */
  public void addList(Optional<Path> list) throws IOException {
    if (list.isPresent()) {
      Optional<Recipients> recipients = encryption.recipients();
      add(recipients.isPresent() ? recipients.get().encrypt(list.get()) : list.get());
    }
  }
}
