package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The published files of a place that may be damaged: those that a listing does not show, or shows
 * with another size than in the original, and those that a job at the place has found damaged since
 * the last copy. Nothing is read only to find them.
 */
final class SuspectFiles {

  private static final String UP_TO = "upTo";

  private final Repository original;
  private final Repository target;
  private final SortedSet<String> names = new TreeSet<>();
  private Optional<RunId> newest = Optional.empty();

  private SuspectFiles(Repository original, Repository target) {
    this.original = original;
    this.target = target;
  }

  static SuspectFiles find(Repository original, Repository target) throws IOException {
    SuspectFiles files = new SuspectFiles(original, target);
    files.compare();
    files.readFindings();
    return files;
  }

  /** Their names. */
  SortedSet<String> names() {
    return names;
  }

  /** Compares the sizes of the files of backups, and of segments, that both have. */
  private void compare() throws IOException {
    Set<RunId> both = new TreeSet<>(original.published().ids());
    both.retainAll(target.published().ids());
    if (both.isEmpty()) {
      return;
    }
    for (String folder : new String[] {Layout.BACKUPS, Layout.INDEX}) {
      Map<String, Long> expected = sizes(original, folder);
      Map<String, Long> found = sizes(target, folder);
      expected.forEach((name, size) -> {
        if (SourceDigests.id(name).filter(both::contains).isPresent()
            && !(folder.equals(Layout.INDEX) && SourceDigests.isSealed(name))
            && !size.equals(found.get(name))) {
          names.add(name);
        }
      });
    }
  }

  private static Map<String, Long> sizes(Repository repository, String folder) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    for (Iterator<StoredFile> files = repository.storage().list(folder + "/"); files.hasNext(); ) {
      StoredFile file = files.next();
      sizes.put(file.name(), file.size());
    }
    return sizes;
  }

  private void readFindings() throws IOException {
    Optional<RunId> before =
        new Documents(target.storage())
            .sealed(Layout.REPAIRED)
            .flatMap(document -> RunId.parse(document.path(UP_TO).asText()));
    for (CheckRecords.Name name : target.checks().names()) {
      if (before.isPresent() && name.id().compareTo(before.get()) <= 0) {
        break;
      }
      newest = newest.isPresent() ? newest : Optional.of(name.id());
      for (JsonNode finding :
          target.checks().read(name).map(job -> job.path("findings")).orElseGet(this::none)) {
        String file = finding.path("key").asText();
        if (SourceDigests.names(file)) {
          names.add(file);
        }
      }
    }
  }

  private JsonNode none() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** Notes that all of these files are intact now. */
  void settle() throws IOException {
    if (newest.isPresent()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put(UP_TO, newest.get().text());
      target
          .storage()
          .put(NewFile.replacing(Layout.REPAIRED, Content.of(SealedJson.seal(document))));
    }
  }
}
