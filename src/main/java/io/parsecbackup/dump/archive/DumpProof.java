package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.encryption.ReadableFile;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Proves without a database that a dump can be read to its end. */
@ApplicationScoped
public class DumpProof {

  private final Supplier<PgTools> tools;

  @Inject
  public DumpProof(InstalledPgTools tools) {
    this((Supplier<PgTools>) tools);
  }

  public DumpProof(Supplier<PgTools> tools) {
    this.tools = tools;
  }

  /**
   * Reads the dump's facts.
   *
   * @throws Problem of kind DATABASE if it is damaged, not a dump, or made by a pg_dump that is
   *     newer than every pg_restore here
   */
  public DumpFacts facts(ReadableFile dump, DumpFormat format, Cancellation cancellation) {
    return DumpReader.read(dump, format, tools.get(), cancellation);
  }

  /**
   * Reads every byte as a restore does, which decompresses and so checks every block, and counts
   * the rows.
   *
   * @throws Problem of kind DATABASE, with pg_restore's message, if the dump cannot be read to its
   *     end
   */
  public DumpRows readThrough(ReadableFile dump, DumpFormat format, Cancellation cancellation) {
    return readThrough(facts(dump, format, cancellation), dump, cancellation);
  }

  /** As {@link #readThrough(ReadableFile, DumpFormat, Cancellation)}, with known facts. */
  public DumpRows readThrough(DumpFacts facts, ReadableFile dump, Cancellation cancellation) {
    DumpRows rows = rows(facts, dump, List.of("--data-only"), cancellation);
    // Without the end of its file, the rows of a table seem to include the next table. No table
    // is known of a dump with --inserts.
    if (facts.format().isFolder()
        && !rows.tables().isEmpty()
        && rows.tables().size() < facts.tables().size()) {
      throw DumpProblems.damaged(dump, "the file of a table ends in the middle of the table");
    }
    return rows;
  }

  /**
   * Reads a dump as {@link #readThrough} does and returns its damage.
   *
   * @return a description; empty if the dump can be read to its end
   * @throws Problem if that cannot be determined: there is no pg_restore, or none as new as the
   *     dump's pg_dump, or the file cannot be read; CANCELLED
   */
  public Optional<String> damage(ReadableFile dump, DumpFormat format, Cancellation cancellation) {
    PgTools found = tools.get();
    if (format.isArchive()) {
      new ArchiveReader(dump, found, cancellation).requireKnownVersion();
    }
    DumpFacts facts;
    try {
      facts = DumpReader.read(dump, format, found, cancellation);
    } catch (Problem e) {
      return Optional.of(damage(e));
    }
    if (format.isArchive()) {
      RestoreTools.choose(found, facts, OptionalInt.empty());
    }
    try {
      readThrough(facts, dump, cancellation);
    } catch (Problem e) {
      return Optional.of(damage(e));
    }
    return Optional.empty();
  }

  /** The programs are suitable, so their error is about the dump. */
  private static String damage(Problem problem) {
    if (problem.kind() != Problem.Kind.DATABASE) {
      throw problem;
    }
    return String.valueOf(problem.getMessage());
  }

  /**
   * The newest {@code _id} of Parsec's table {@code migration}; empty if the dump has no such row.
   * Checks the end of the dump, as {@link #script} does.
   *
   * @param schema the schema of Parsec's tables, if it is known
   */
  public OptionalInt newestMigration(
      DumpFacts facts, ReadableFile dump, Optional<String> schema, Cancellation cancellation) {
    return rows(facts, dump, List.of("--data-only", "--table=migration"), cancellation)
        .newestMigration(schema);
  }

  private DumpRows rows(
      DumpFacts facts, ReadableFile dump, List<String> options, Cancellation cancellation) {
    return script(facts, dump, options, DumpRows::count, cancellation)
        .orElseThrow(() -> DumpProblems.damaged(dump, "it ends in the middle of a table"));
  }

  /**
   * Reads the dump as a script: a plain dump itself, or pg_restore's output for an archive with
   * these options. Checks that a script ends in pg_dump's last comment, and that an encrypted dump
   * can be decrypted to its end; all of it is one pass. An archive that is not encrypted is read
   * only as far as pg_restore needs it.
   *
   * @throws Problem of kind DATABASE, with pg_restore's message, if it cannot be read to its end
   */
  <T> T script(
      DumpFacts facts,
      ReadableFile dump,
      List<String> options,
      ChildProcess.StdoutReader<T> reader,
      Cancellation cancellation) {
    return switch (facts.format()) {
      case PLAIN -> {
        if (!dump.isEncrypted()) {
          requireEnd(dump);
        }
        LastBytes end = new LastBytes(DumpCheck.END);
        try (InputStream in = end.of(CancellableInput.of(dump, cancellation))) {
          T read = reader.read(in);
          in.transferTo(OutputStream.nullOutputStream());
          DumpCheck.requireEnd(dump, end.bytes());
          yield read;
        } catch (IOException e) {
          throw DumpProblems.unreadable(dump, e);
        }
      }
      case CUSTOM, DIRECTORY -> {
        PgTools found = tools.get();
        PgTools.Tools chosen = RestoreTools.choose(found, facts, OptionalInt.empty());
        if (facts.format().isFolder()) {
          // pg_restore takes an empty file for a table without rows.
          DumpCheck.requireFiles(dump, chosen, cancellation);
        }
        yield new ArchiveReader(dump, found, cancellation).readThrough(chosen, options, reader);
      }
    };
  }

  /** First, because a truncated script is found without reading it. */
  private static void requireEnd(ReadableFile script) {
    try {
      DumpCheck.requireEnd(script, DumpCheck.end(script.path()));
    } catch (IOException e) {
      throw DumpProblems.unreadable(script, e);
    }
  }
}
