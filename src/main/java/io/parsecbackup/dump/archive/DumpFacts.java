package io.parsecbackup.dump.archive;

import io.parsecbackup.parsec.ParsecTables;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * The facts that a dump contains about itself.
 *
 * @param owners all roles that own an object in it; empty for a dump with {@code --no-owner}
 * @param tables the tables whose rows it contains, as {@code schema name owner}
 * @param encoding such as {@code UTF8}
 * @param requirements its requirements for a target server
 */
public record DumpFacts(
    DumpFormat format,
    DumpOrigin origin,
    SortedSet<String> owners,
    Set<String> tables,
    Optional<String> encoding,
    DumpRequirements requirements) {

  /**
   * The schema of Parsec's tables.
   *
   * @param known the schema that a backup recorded
   */
  public Optional<String> parsecSchema(Optional<String> known) {
    List<String> candidates =
        tables.stream()
            .filter(table -> table.contains(" block "))
            .map(table -> table.substring(0, table.indexOf(" block ")))
            .filter(schema ->
                ParsecTables.REQUIRED.stream()
                    .allMatch(name ->
                        tables.stream().anyMatch(t -> t.startsWith(schema + " " + name + " "))))
            .distinct()
            .toList();
    return DumpSchema.choose(candidates, known);
  }

  /** The dump's tables that are not among {@code there}, each a schema and a name. */
  public List<String> missingFrom(List<List<String>> there) {
    return tables.stream()
        .filter(table ->
            there.stream().noneMatch(t -> table.startsWith(t.get(0) + " " + t.get(1) + " ")))
        .toList();
  }
}
