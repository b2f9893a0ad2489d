package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.dump.archive.ArchiveHeader;
import io.parsecbackup.dump.archive.DumpDate;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.DumpReader;
import io.parsecbackup.dump.archive.DumpReferences;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.dump.archive.DumpSchema;
import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

/**
 * A dump that was made by hand, copied to where it can be published, with its facts.
 *
 * @param dump the copy, complete and read to its end; its warnings say what is not known about it
 * @param server the version of the server that it was made from
 * @param createdAt never later than the file's modification time or now
 * @param references how many objects it refers to; the list is in {@code references.tsv} beside it
 */
public record AdoptedDump(
    Dump dump,
    PgVersion server,
    Instant createdAt,
    AdoptedDump.Database database,
    Optional<BlockReferences.Count> references) {

  /**
   * The database, as far as the dump describes it.
   *
   * @param migration the newest row of Parsec's table {@code migration}
   * @param schema the schema of Parsec's tables; empty if no schema, or more than one, has them
   */
  public record Database(
      Optional<String> name,
      Optional<String> encoding,
      OptionalInt migration,
      Optional<String> schema) {}

  /**
   * Copies {@code handMade} into {@code folder}, under the name that its format has in a backup,
   * flushes it, and reads the copy to its end. The copy is encrypted if new backups are.
   *
   * @param dumper how dumps are made and read here
   * @param known the schema of Parsec's tables in the source, if it has them
   * @param progress receives the number of bytes copied so far
   * @throws Problem of kind NOT_FOUND, of kind DATABASE if it is not a complete dump in the format
   *     custom, directory or plain, SPACE, CANCELLED, or INTERNAL; the copy is removed then
   * @throws java.io.UncheckedIOException if {@code folder}'s disk fails
   */
  public static AdoptedDump take(
      ReadableFile handMade,
      Path folder,
      DatabaseDumper dumper,
      Optional<String> known,
      LongConsumer progress,
      Cancellation cancellation) {
    DumpFormat format = DumpReader.format(handMade);
    try {
      Instant written = lastWritten(DumpReader.head(handMade));
      try (DumpTarget copy = dumper.create(folder.resolve(dumper.fileName(format)), format)) {
        copy.copy(
            handMade,
            dumper.encryption(),
            bytes -> {
              cancellation.throwIfCancelled();
              progress.accept(bytes);
            });
        DumpProof proof = new DumpProof(dumper::tools);
        DumpFacts facts;
        DumpRows rows;
        Optional<String> schema;
        Optional<BlockReferences.Count> references = Optional.empty();
        try {
          facts = proof.facts(copy.readable(), format, cancellation);
          rows = proof.readThrough(facts, copy.readable(), cancellation);
          schema = DumpSchema.choose(rows.parsecSchemas(), known);
          if (schema.isPresent()) {
            references =
                new DumpReferences(proof, facts, copy.readable(), schema.get(), cancellation)
                    .write(folder.resolve(Layout.REFERENCES), folder);
          }
        } catch (Problem e) {
          throw of(handMade, copy.path(), e);
        }
        Optional<ArchiveHeader> head =
            format.isArchive() ? ArchiveHeader.read(head(copy)) : Optional.empty();
        List<String> warnings = new ArrayList<>();
        Instant createdAt = DumpDate.of(head, facts.origin().startedOn(), written, warnings::add);
        OptionalInt migration = rows.newestMigration(schema);
        if (schema.isEmpty() && rows.parsecSchemas().size() > 1) {
          warnings.add(
              "several schemas of the dump contain the tables of a Parsec server, and the configured"
                  + " database does not show which one is used: "
                  + String.join(", ", rows.parsecSchemas()));
        }
        if (migration.isEmpty()) {
          warnings.add(
              "the dump has no rows of the table 'migration' in pg_dump's default form: check that it"
                  + " is a dump of Parsec's database with its data");
        }
        if (references.isEmpty()) {
          warnings.add(
              "the dump does not contain its block rows in pg_dump's default form: it is not known"
                  + " whether all its objects are in the repository");
        }
        // Tables or their definitions may be missing: pg_dump has many options.
        warnings.add(
            "it is not known whether the dump can be restored: run a drill of this backup");
        Dump dump = copy.keep(facts.origin().pgDump(), warnings, cancellation);
        return new AdoptedDump(
            dump,
            facts.origin().server(),
            createdAt,
            new Database(head.map(ArchiveHeader::database), facts.encoding(), migration, schema),
            references);
      }
    } catch (IOException e) {
      throw new Problem(
          Kind.INTERNAL,
          "the dump "
              + handMade
              + " could not be read: "
              + e.getMessage()
              + ". The copy was removed; check the disk and the permissions of the file",
          e);
    }
  }

  private static ReadableFile head(DumpTarget copy) {
    Path file = DumpReader.head(copy.readable());
    return file.equals(copy.path()) ? copy.readable() : ReadableFile.plain(file);
  }

  /** A file may have a date in the future; a backup must not. */
  private static Instant lastWritten(Path file) throws IOException {
    Instant now = Instant.now();
    Instant date = Files.getLastModifiedTime(file).toInstant();
    return date.isAfter(now) ? now : date;
  }

  /** The error for the copy, with the name of the file that the operator knows. */
  private static Problem of(ReadableFile handMade, Path copy, Problem found) {
    return found.kind() == Kind.CANCELLED
        ? found
        : new Problem(
            found.kind(),
            String.valueOf(found.getMessage()).replace(copy.toString(), handMade.toString())
                + " The copy was removed.",
            found);
  }
}
