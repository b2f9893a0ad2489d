package io.parsecbackup.dump.archive;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a dump needs of the server that it goes into.
 *
 * @param extensions by their names
 * @param tablespaces by their names, other than the database's own
 * @param superuser entries that only a superuser can create, in words
 */
public record DumpRequirements(
    SortedSet<String> extensions, SortedSet<String> tablespaces, SortedSet<String> superuser) {

  public DumpRequirements {
    extensions = Collections.unmodifiableSortedSet(new TreeSet<>(extensions));
    tablespaces = Collections.unmodifiableSortedSet(new TreeSet<>(tablespaces));
    superuser = Collections.unmodifiableSortedSet(new TreeSet<>(superuser));
  }
}
