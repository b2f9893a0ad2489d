package io.parsecbackup.repository.encryption;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Encryption of dumps and lists: the keys {@code parsec.backup.encryption.*}. */
@ConfigMapping(prefix = "parsec.backup.encryption")
public interface EncryptionConfig {

  /**
   * age X25519 public keys ({@code age1…}), separated by white space. Each of them can decrypt the
   * dump, the references and the list of missing objects of a new backup. Without any, new backups
   * are not encrypted.
   */
  Optional<String> recipients();

  /**
   * File with age identities ({@code AGE-SECRET-KEY-1…}), as {@code age-keygen} writes it. Needed
   * only to look into encrypted backups: by {@code restore}, {@code drill}, {@code accept} and
   * {@code verify}. It is read when it is needed.
   */
  Optional<Path> identityFile();
}
