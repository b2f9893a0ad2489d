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
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

/**
 * A dump that another hand has made, copied to where it can be published, and what it says of
 * itself.
 *
 * @param dump the copy, whole by its own marks and read to its end; its warnings say what is not
 *     known of it
 * @param serverVersion such as {@code 16.10}
 * @param createdAt never later than the file was written, nor than now
 * @param database its name; empty where the dump does not tell, as for the others
 * @param migration the newest row of Parsec's table {@code migration}
 * @param schema the one that Parsec's tables are in; empty where it has none, or cannot tell
 * @param references how many objects it refers to; beside the copy {@code references.tsv} has them
 */
public record AdoptedDump(
    Dump dump,
    String serverVersion,
    Instant createdAt,
    Optional<String> database,
    Optional<String> encoding,
    OptionalInt migration,
    Optional<String> schema,
    Optional<BlockReferences.Count> references) {

  /**
   * Copies {@code handMade} into {@code folder}, under the name that its format has in a backup,
   * flushes it, and reads the copy to its end.
   *
   * @param known the schema that Parsec's tables are in now, where the source has them
   * @param progress is told the bytes copied so far
   * @throws Problem of kind NOT_FOUND, of kind DATABASE when it is no whole dump in the format
   *     custom or plain, SPACE, CANCELLED, or INTERNAL; the copy is gone then
   * @throws java.io.UncheckedIOException when {@code folder}'s disk fails
   */
  public static AdoptedDump take(
      Path handMade,
      Path folder,
      PgTools tools,
      Optional<String> known,
      LongConsumer progress,
      Cancellation cancellation) {
    long start = System.nanoTime();
    DumpFormat format = DumpReader.format(handMade);
    try {
      Instant written = lastWritten(handMade);
      try (DumpFile copy = DumpFile.create(folder.resolve(format.fileName()))) {
        try (InputStream in = Files.newInputStream(handMade)) {
          copy.fill(
              in,
              bytes -> {
                cancellation.throwIfCancelled();
                progress.accept(bytes);
              });
        }
        DumpProof proof = new DumpProof(() -> tools);
        DumpFacts facts;
        DumpRows rows;
        Optional<String> schema;
        Optional<BlockReferences.Count> references = Optional.empty();
        try {
          facts = proof.facts(copy.path(), format, cancellation);
          rows = proof.readThrough(facts, copy.path(), cancellation);
          schema = DumpSchema.choose(rows.parsecSchemas(), known);
          if (schema.isPresent()) {
            references =
                new DumpReferences(proof, facts, copy.path(), schema.get(), cancellation)
                    .write(folder.resolve(Layout.REFERENCES), folder);
          }
        } catch (Problem e) {
          throw of(handMade, copy.path(), e);
        }
        Optional<ArchiveHeader> head =
            format == DumpFormat.CUSTOM ? ArchiveHeader.read(copy.path()) : Optional.empty();
        List<String> warnings = new ArrayList<>();
        Instant createdAt = DumpDate.of(head, facts.startedOn(), written, warnings::add);
        OptionalInt migration = rows.newestMigration(schema);
        if (schema.isEmpty() && rows.parsecSchemas().size() > 1) {
          warnings.add(
              "several schemas of the dump have the tables of a Parsec server, and the configured"
                  + " database does not tell which is meant: "
                  + String.join(", ", rows.parsecSchemas()));
        }
        if (migration.isEmpty()) {
          warnings.add(
              "the dump has no rows of the table 'migration' in the form that pg_dump gives them by"
                  + " default: is it one of Parsec's database, with its data?");
        }
        if (references.isEmpty()) {
          warnings.add(
              "the dump does not tell in the form that pg_dump gives its rows by default which"
                  + " objects it refers to: whether all are here is not known");
        }
        // It may lack tables, or their definitions: pg_dump has many options.
        warnings.add("whether the dump can be restored is not known: a drill proves this backup");
        Dump dump =
            new Dump(
                copy.path(),
                format,
                copy.bytes(),
                copy.sha256(),
                facts.pgDumpVersion(),
                Duration.ofNanos(System.nanoTime() - start),
                warnings);
        copy.keep();
        return new AdoptedDump(
            dump,
            facts.serverVersion(),
            createdAt,
            head.map(ArchiveHeader::database),
            facts.encoding(),
            migration,
            schema,
            references);
      }
    } catch (IOException e) {
      throw new Problem(
          Kind.INTERNAL,
          "the dump "
              + handMade
              + " could not be read: "
              + e.getMessage()
              + ". Nothing of it was kept; check its disk and its rights",
          e);
    }
  }

  /** A file may be dated ahead; a backup must not be. */
  private static Instant lastWritten(Path file) throws IOException {
    Instant now = Instant.now();
    Instant date = Files.getLastModifiedTime(file).toInstant();
    return date.isAfter(now) ? now : date;
  }

  /** What was found in the copy, said of the file that the operator knows. */
  private static Problem of(Path handMade, Path copy, Problem found) {
    return found.kind() == Kind.CANCELLED
        ? found
        : new Problem(
            found.kind(),
            String.valueOf(found.getMessage()).replace(copy.toString(), handMade.toString())
                + " Nothing of it was kept.",
            found);
  }
}
