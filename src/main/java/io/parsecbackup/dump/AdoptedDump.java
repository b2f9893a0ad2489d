package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * A dump that another hand has made, copied to where it can be published, and what it says of
 * itself.
 *
 * @param dump the copy, whole by its own marks and read to its end; its warnings say what is not
 *     known of it
 * @param serverVersion such as {@code 16.10}; empty where the dump does not tell, as for the others
 * @param createdAt never later than the file was written, nor than now
 * @param migration the newest row of Parsec's table {@code migration}
 */
public record AdoptedDump(
    Dump dump,
    Optional<String> serverVersion,
    Instant createdAt,
    Optional<String> database,
    Optional<String> encoding,
    OptionalInt migration) {

  private static final int HEAD = 4096;
  private static final Pattern SCRIPT = Pattern.compile("(?m)^-- PostgreSQL database dump\r?$");
  private static final Pattern CLUSTER = Pattern.compile("(?m)^-- PostgreSQL database cluster");

  /** First bytes, as ISO 8859-1, of what a dump is often put into. */
  private static final Map<String, String> WRAPPERS =
      Map.of(
          "\u001f\u008b", "it is compressed by gzip: unpack it first",
          "(\u00b5/\u00fd", "it is compressed by zstd: unpack it first",
          "\u00fd7zXZ", "it is compressed by xz: unpack it first",
          "BZh", "it is compressed by bzip2: unpack it first",
          "age-encryption.org", "it is encrypted by age: decrypt it first",
          "toc.dat\0", "it is in pg_dump's format 'tar'");

  /**
   * Refuses what cannot be a dump by its looks, before anything is begun.
   *
   * @throws Problem of kind NOT_FOUND or DATABASE
   */
  public static void requireFile(Path handMade) {
    if (!Files.exists(handMade)) {
      throw new Problem(Kind.NOT_FOUND, "there is no file " + handMade + ": name the dump");
    }
    if (Files.isDirectory(handMade)) {
      throw noDump(handMade, "it is a folder; pg_dump's format 'directory' is none of those");
    }
    if (!Files.isRegularFile(handMade) || !Files.isReadable(handMade)) {
      throw noDump(handMade, "it is no file that this program may read");
    }
  }

  /**
   * Copies {@code handMade} into {@code folder}, under the name that its format has in a backup,
   * flushes it, and reads the copy to its end.
   *
   * @param progress is told the bytes copied so far
   * @throws Problem of kind DATABASE when it is no whole dump in the format custom or plain, SPACE,
   *     CANCELLED, or INTERNAL; the copy is gone then
   */
  public static AdoptedDump take(
      Path handMade, Path folder, PgTools tools, LongConsumer progress, Cancellation cancellation) {
    requireFile(handMade);
    long start = System.nanoTime();
    try {
      Instant written = lastWritten(handMade);
      DumpFormat format = format(handMade);
      try (DumpFile copy = DumpFile.create(folder.resolve(format.fileName()))) {
        try (InputStream in = Files.newInputStream(handMade)) {
          copy.fill(
              in,
              bytes -> {
                cancellation.throwIfCancelled();
                progress.accept(bytes);
              });
        }
        ScriptScan scan = scan(handMade, format, copy.path(), tools, cancellation);
        Optional<ArchiveHead> head = format == DumpFormat.CUSTOM ? head(copy.path()) : none();
        List<String> warnings = new ArrayList<>();
        Instant createdAt = DumpDate.of(head, scan, written, warnings::add);
        if (scan.migration().isEmpty()) {
          warnings.add(
              "the dump has no rows of the table 'migration' in the form that pg_dump gives them by"
                  + " default: is it one of Parsec's database, with its data?");
        }
        warnings.add(
            "the dump was made by another hand: how many objects it refers to, and whether all are"
                + " here, is not known without a database. A drill proves this backup");
        Dump dump =
            new Dump(
                copy.path(),
                format,
                copy.bytes(),
                copy.sha256(),
                scan.pgDumpVersion().orElse(""),
                Duration.ofNanos(System.nanoTime() - start),
                warnings);
        copy.keep();
        return new AdoptedDump(
            dump,
            scan.serverVersion(),
            createdAt,
            head.map(ArchiveHead::database),
            scan.encoding(),
            scan.migration());
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

  private static DumpFormat format(Path handMade) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(handMade)) {
      head = in.readNBytes(HEAD);
    }
    if (head.length == 0) {
      throw noDump(handMade, "it is empty");
    }
    if (Arrays.equals(Arrays.copyOf(head, ArchiveHead.MAGIC.length), ArchiveHead.MAGIC)) {
      return DumpFormat.CUSTOM;
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    WRAPPERS.forEach((first, why) -> {
      if (text.startsWith(first)) {
        throw noDump(handMade, why);
      }
    });
    if (CLUSTER.matcher(text).find()) {
      throw noDump(
          handMade, "it is pg_dumpall's, of a whole cluster: dump Parsec's database alone");
    }
    if (!SCRIPT.matcher(text).find()) {
      throw noDump(handMade, "it does not begin as one");
    }
    return DumpFormat.PLAIN;
  }

  private static ScriptScan scan(
      Path handMade, DumpFormat format, Path copy, PgTools tools, Cancellation cancellation)
      throws IOException {
    return switch (format) {
      case PLAIN -> {
        refuse(handMade, DumpCheck.scriptFault(copy));
        try (InputStream script = Files.newInputStream(copy)) {
          yield ScriptScan.of(script, cancellation);
        }
      }
      case CUSTOM -> {
        // The newest reads what all others wrote.
        PgTools.Tools newest = tools.newest();
        refuse(handMade, DumpCheck.archiveFault(copy, newest, cancellation));
        yield scanArchive(handMade, copy, newest, cancellation);
      }
    };
  }

  private static ScriptScan scanArchive(
      Path handMade, Path copy, PgTools.Tools tools, Cancellation cancellation) throws IOException {
    List<String> argv = List.of(tools.pgRestore().toString(), "--file=-", copy.toString());
    try (ChildProcess pgRestore = ChildProcess.start(argv, Map.of());
        Cancellation.Hook _ = cancellation.onCancel(pgRestore::cancel)) {
      ChildProcess.Finished<ScriptScan> read =
          pgRestore.finish(script -> ScriptScan.of(script, cancellation));
      cancellation.throwIfCancelled();
      if (read.exitCode() != 0) {
        throw noDump(handMade, "pg_restore cannot read it to its end: " + read.stderr());
      }
      return read.output();
    }
  }

  private static Optional<ArchiveHead> head(Path archive) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      return ArchiveHead.read(in);
    }
  }

  private static Optional<ArchiveHead> none() {
    return Optional.empty();
  }

  private static void refuse(Path handMade, Optional<String> fault) {
    fault.ifPresent(why -> {
      throw noDump(handMade, why);
    });
  }

  private static Problem noDump(Path handMade, String why) {
    return new Problem(
        Kind.DATABASE,
        handMade
            + " is no whole dump that pg_dump wrote with --format=custom or --format=plain: "
            + why.strip()
            + ". Nothing of it was kept");
  }
}
