package io.parsecbackup.dump.archive;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The requirements of a dump for a target server.
 *
 * @param extensions their names
 * @param tablespaces their names, without the database's default
 * @param superuser the entries that only a superuser can create, in words
 */
public record DumpRequirements(
    SortedSet<String> extensions, SortedSet<String> tablespaces, SortedSet<String> superuser) {

  public DumpRequirements {
    extensions = Collections.unmodifiableSortedSet(new TreeSet<>(extensions));
    tablespaces = Collections.unmodifiableSortedSet(new TreeSet<>(tablespaces));
    superuser = Collections.unmodifiableSortedSet(new TreeSet<>(superuser));
  }
}
