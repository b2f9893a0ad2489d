package io.parsecbackup.backup.doctor;

import io.parsecbackup.Counted;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.IdentityFile;
import io.parsecbackup.repository.encryption.Recipients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Encrypts and decrypts a probe, and looks where the identities are. */
final class EncryptionChecks {

  private static final String CHECK = "encryption";

  private EncryptionChecks() {}

  /**
   * Checks the settings; nothing without any.
   *
   * @param repository the folder or bucket of the repository
   */
  static List<CheckResult> of(Encryption encryption, Optional<String> repository) {
    List<CheckResult> found = new ArrayList<>();
    Optional<IdentityFile> identities = encryption.identities();
    encryption
        .recipients()
        .ifPresent(recipients ->
            found.add(CheckResult.examine(CHECK, () -> probe(encryption, recipients))));
    if (encryption.recipients().isEmpty() && identities.isPresent()) {
      found.add(
          CheckResult.note(
              CHECK,
              IdentityFile.KEY
                  + " is set, but new backups are not encrypted, because "
                  + Recipients.KEY
                  + " is not set"));
    }
    identities.flatMap(file -> exposed(file, repository)).ifPresent(found::add);
    return found;
  }

  private static String probe(Encryption encryption, Recipients recipients) {
    encryption.probe();
    String count = Counted.of(recipients.count(), "recipient");
    return encryption.identities().isPresent()
        ? "a probe for " + count + " was encrypted and decrypted"
        : "a probe for "
            + count
            + " was encrypted. Without "
            + IdentityFile.KEY
            + " this program cannot drill or restore encrypted backups";
  }

  private static Optional<CheckResult> exposed(IdentityFile file, Optional<String> repository) {
    if (file.isReadableByAll()) {
      return note(file, "every user of this machine may read it: run chmod 600 on it");
    }
    Path identity = file.path().toAbsolutePath().normalize();
    Optional<Path> beside =
        repository
            .filter(location -> location.startsWith("/"))
            .map(Path::of)
            .map(root -> root.getNameCount() > 1 ? root.getParent() : root);
    return beside.filter(identity::startsWith).isPresent()
        ? note(
            file,
            "it is beside the backups that it decrypts, so whoever copies that folder can read"
                + " them. Move it to another place, and keep a copy away from this machine")
        : Optional.empty();
  }

  private static Optional<CheckResult> note(IdentityFile file, String what) {
    return Optional.of(
        CheckResult.note("identity", file.path() + " decrypts the backups, and " + what));
  }
}
