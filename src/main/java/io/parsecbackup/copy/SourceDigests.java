package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The digests that published files of a repository must have, and so those of its copies. */
record SourceDigests(Repository original) {

  private static final Pattern FILE =
      Pattern.compile(
          "(backups|index|accepted)/([0-9TZ]{16})(/(?:database/)?[^/]+|\\.tsv|\\.json)");

  /** Whether a copy has a file with this name from its source. */
  static boolean names(String file) {
    return id(file).isPresent();
  }

  /** The id in the name of such a file. */
  static Optional<RunId> id(String file) {
    Matcher name = FILE.matcher(file);
    return name.matches() && name.group(1).equals(Layout.BACKUPS) == name.group(3).startsWith("/")
        ? RunId.parse(name.group(2))
        : Optional.empty();
  }

  /** Whether the file contains a seal, so that its own bytes show whether it is intact. */
  static boolean isSealed(String file) {
    return file.endsWith(".json");
  }

  /** The digest of a file; empty if its source is damaged, or never had this file. */
  Optional<String> of(String file) {
    Optional<RunId> id = id(file);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    if (isSealed(file)) {
      return sealed(file);
    }
    if (file.equals(Layout.acceptedList(id.get()))) {
      return original.acceptedLosses().read(id.get()).map(seal -> seal.path("sha256").asText());
    }
    if (file.equals(Layout.segment(id.get()))) {
      return original
          .published()
          .segmentDigest(id.get())
          .or(() -> SegmentSeals.of(original).digest(id.get()));
    }
    Optional<ObjectNode> document = original.published().document(id.get());
    if (file.equals(Layout.checksums(id.get()))) {
      return document.map(json -> json.path("sha256sums").asText());
    }
    return document.flatMap(json -> checksums(id.get(), json)).flatMap(sums -> sums.of(file));
  }

  private Optional<String> sealed(String file) {
    try {
      byte[] bytes = new Documents(original.storage()).read(file);
      return SealedJson.open(bytes)
          .filter(document -> !Documents.isRevocation(document))
          .map(document -> Sha256.of(bytes));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<Checksums> checksums(RunId id, ObjectNode document) {
    try {
      byte[] bytes = new Documents(original.storage()).read(Layout.checksums(id));
      return Sha256.of(bytes).equals(document.path("sha256sums").asText())
          ? Optional.of(Checksums.parse(bytes))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
