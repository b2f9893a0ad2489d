package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.postgres.PgTools;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Whether a dump can be read to its end, without a database. */
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
   * What the dump says of itself.
   *
   * @throws Problem of kind DATABASE if it is damaged, no dump, or made by a pg_dump newer than
   *     every pg_restore here
   */
  public DumpFacts facts(Path dump, DumpFormat format, Cancellation cancellation) {
    return DumpReader.read(dump, format, tools.get(), cancellation);
  }

  /**
   * Reads every byte as a restore would, which decompresses and so checks every block, and counts
   * the rows.
   *
   * @throws Problem of kind DATABASE, with pg_restore's words, if the dump does not read to its end
   */
  public DumpRows readThrough(Path dump, DumpFormat format, Cancellation cancellation) {
    return readThrough(facts(dump, format, cancellation), dump, cancellation);
  }

  /** As the other, of a dump whose facts are known. */
  public DumpRows readThrough(DumpFacts facts, Path dump, Cancellation cancellation) {
    if (facts.format() == DumpFormat.PLAIN) {
      DumpCheck.requireEnd(dump);
    }
    return rows(facts, dump, List.of("--data-only"), cancellation);
  }

  /**
   * What is wrong with a dump, found by reading it as {@link #readThrough} does.
   *
   * @return in words; empty for a dump that can be read to its end
   * @throws Problem when that cannot be told: there is no pg_restore, none as new as the dump's
   *     pg_dump, or the file could not be read; CANCELLED
   */
  public Optional<String> damage(Path dump, DumpFormat format, Cancellation cancellation) {
    PgTools found = tools.get();
    if (format == DumpFormat.CUSTOM) {
      DumpReader.requireKnownVersion(dump, found, cancellation);
    }
    DumpFacts facts;
    try {
      facts = DumpReader.read(dump, format, found, cancellation);
    } catch (Problem e) {
      return Optional.of(damage(e));
    }
    if (format == DumpFormat.CUSTOM) {
      RestoreTools.choose(found, facts, OptionalInt.empty());
    }
    try {
      readThrough(dump, format, cancellation);
    } catch (Problem e) {
      return Optional.of(damage(e));
    }
    return Optional.empty();
  }

  /** The programs are known to serve, so what they do not like is the dump. */
  private static String damage(Problem problem) {
    if (problem.kind() != Problem.Kind.DATABASE) {
      throw problem;
    }
    return String.valueOf(problem.getMessage());
  }

  /**
   * The newest {@code _id} of Parsec's table {@code migration}; empty where there is none.
   *
   * @param schema the one that Parsec's tables are in, where that is known
   */
  public OptionalInt newestMigration(
      DumpFacts facts, Path dump, Optional<String> schema, Cancellation cancellation) {
    return rows(facts, dump, List.of("--data-only", "--table=migration"), cancellation)
        .newestMigration(schema);
  }

  private DumpRows rows(
      DumpFacts facts, Path dump, List<String> options, Cancellation cancellation) {
    return script(facts, dump, options, DumpRows::count, cancellation)
        .orElseThrow(() -> DumpReader.damaged(dump, "it breaks off in the middle of a table"));
  }

  /**
   * Reads the dump as a script: a plain one as it is, of an archive what pg_restore prints with
   * these options.
   *
   * @throws Problem of kind DATABASE, with pg_restore's words, if it does not read to its end
   */
  <T> T script(
      DumpFacts facts,
      Path dump,
      List<String> options,
      ChildProcess.StdoutReader<T> reader,
      Cancellation cancellation) {
    return switch (facts.format()) {
      case PLAIN -> {
        try (InputStream in = CancellableInput.of(dump, cancellation)) {
          yield reader.read(in);
        } catch (IOException e) {
          throw DumpReader.unreadable(dump, e);
        }
      }
      case CUSTOM -> {
        PgTools found = tools.get();
        PgTools.Tools chosen = RestoreTools.choose(found, facts, OptionalInt.empty());
        yield DumpReader.run(dump, chosen, found, options, reader, cancellation);
      }
    };
  }
}
