package io.parsecbackup.repository.plan;

import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The local scratch of the parts of planned runs, and the names of their journals. */
public final class PartScratch {

  /** Prefix of the names of journals that killed processes of a part have left. */
  private static final String EARLIER = "earlier-";

  private static final String JOURNAL = "journal.tsv";

  private PartScratch() {}

  static Path of(Storage storage, RunId id) {
    return storage
        .scratch()
        .resolve(Layout.PLANS.substring(Layout.TMP.length() + 1))
        .resolve(id.text());
  }

  /** The folder in which a part makes its own scratch folder, which is named by the run's id. */
  public static Path of(Storage storage, RunId id, int part) {
    return of(storage, id).resolve(Integer.toString(part)).resolve("work");
  }

  /** The name for a journal that a killed process has left. Higher numbers are newer. */
  public static String earlier(int number) {
    return "%s%06d.tsv".formatted(EARLIER, number);
  }

  /** Whether it is the name of a journal that a killed process has left. */
  public static boolean isEarlier(String name) {
    return name.startsWith(EARLIER);
  }

  /** The journals of a part on this machine, oldest first. */
  static List<Path> journals(Storage storage, RunId id, int part) throws IOException {
    return Folders.list(
            of(storage, id, part).resolve(id.text()),
            name -> isEarlier(name) || name.equals(JOURNAL))
        .stream()
        .sorted()
        .toList();
  }
}
