package io.parsecbackup.dump;

import io.parsecbackup.parsec.ParsecTables;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Facts of a database.
 *
 * @param encoding such as {@code UTF8}; empty if a dump does not contain it
 * @param collate the database's LC_COLLATE; empty if a dump does not contain it
 * @param tables where Parsec's tables are; empty if the database does not have them
 * @param parsecMigration the newest {@code _id} of Parsec's table {@code migration}; empty if the
 *     table is missing or has no rows
 */
public record DatabaseFacts(
    String name,
    Optional<String> encoding,
    Optional<String> collate,
    Optional<ParsecTables> tables,
    OptionalInt parsecMigration) {}
