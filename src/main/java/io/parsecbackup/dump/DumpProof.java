package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether a dump can be read to its end, without a database. */
@ApplicationScoped
public class DumpProof {

  private final Supplier<PgTools> tools;

  @Inject
  public DumpProof(@ConfigProperty(name = "parsec.backup.pg-bin") Optional<Path> pgBin) {
    this(() -> PgTools.find(pgBin, System.getenv()));
  }

  DumpProof(Supplier<PgTools> tools) {
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
    PgTools found = tools.get();
    DumpFacts facts = DumpReader.read(dump, format, found, cancellation);
    return switch (format) {
      case PLAIN -> {
        DumpCheck.requireEnd(dump);
        yield plainRows(dump, cancellation);
      }
      case CUSTOM ->
          archive(
              dump,
              List.of(
                  RestoreTools.choose(found, facts, OptionalInt.empty()).pgRestore().toString(),
                  "--data-only"),
              cancellation);
    };
  }

  /** The newest {@code _id} of Parsec's table {@code migration}; empty where there is none. */
  OptionalInt newestMigration(DumpFacts facts, Path dump, Cancellation cancellation) {
    return switch (facts.format()) {
      case PLAIN -> plainRows(dump, cancellation).newestMigration();
      case CUSTOM ->
          archive(
                  dump,
                  List.of(
                      RestoreTools.choose(tools.get(), facts, OptionalInt.empty())
                          .pgRestore()
                          .toString(),
                      "--data-only",
                      "--schema=public",
                      "--table=migration"),
                  cancellation)
              .newestMigration();
    };
  }

  private static DumpRows plainRows(Path dump, Cancellation cancellation) {
    try (InputStream in = CancellableInput.of(dump, cancellation)) {
      return DumpRows.count(in);
    } catch (IOException e) {
      throw DumpReader.unreadable(dump, e);
    }
  }

  private static DumpRows archive(Path dump, List<String> command, Cancellation cancellation) {
    List<String> argv = new java.util.ArrayList<>(command);
    argv.add("--file=-");
    argv.add(dump.toString());
    cancellation.throwIfCancelled();
    try (ChildProcess child = ChildProcess.start(argv, Map.of());
        Cancellation.Hook _ = cancellation.onCancel(child::cancel)) {
      ChildProcess.Finished<Optional<DumpRows>> finished = child.finish(DumpRows::countWhole);
      cancellation.throwIfCancelled();
      if (finished.exitCode() != 0) {
        throw DumpReader.damaged(dump, "pg_restore says: " + finished.stderr());
      }
      return finished
          .output()
          .orElseThrow(() -> DumpReader.damaged(dump, "it breaks off in the middle of a table"));
    } catch (IOException e) {
      throw DumpReader.unreadable(dump, e);
    }
  }
}
