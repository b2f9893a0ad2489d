package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what a dump says of itself. Looks at no row; whether all of it is there: DumpProof. */
public final class DumpReader {

  private static final Pattern SERVER =
      Pattern.compile("(?m)^;\\s+Dumped from database version: ((\\d+)\\S*)");
  private static final Pattern PG_DUMP =
      Pattern.compile("(?m)^;\\s+Dumped by pg_dump version: ((\\d+)\\S*)");
  private static final Pattern DATABASE = Pattern.compile("(?m)^;\\s+dbname: (.*)$");
  private static final Pattern CREATED = Pattern.compile("(?m)^; Archive created at (.*)$");
  private static final Pattern TABLE_DATA =
      Pattern.compile("(?m)^\\d+; \\d+ \\d+ TABLE DATA (.*)$");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss zzz", Locale.ENGLISH);

  private DumpReader() {}

  /**
   * The format of a file of which nothing is known, by its first bytes.
   *
   * @throws Problem of kind DATABASE if it is no dump, or one of a format that cannot be used here
   */
  public static DumpFormat format(Path file) {
    byte[] head = head(file);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PGDMP")) {
      return DumpFormat.CUSTOM;
    }
    if (text.contains("-- PostgreSQL database dump\n")) {
      return DumpFormat.PLAIN;
    }
    String what;
    if (text.contains("-- PostgreSQL database cluster dump")) {
      what =
          "is a dump of a whole cluster by pg_dumpall. Make one of the one database with pg_dump";
    } else if (head.length > 262 && text.startsWith("ustar", 257)) {
      what = "is a tar file. If pg_dump --format=tar made it, make one with --format=custom";
    } else if (text.startsWith("\u001f\u008b") || text.startsWith("(\u00b5/\u00fd")) {
      what = "is compressed. Decompress it first";
    } else if (text.startsWith("age-encryption.org/")) {
      what = "is encrypted. Decrypt it first";
    } else {
      what = "is no dump that pg_dump made with --format=custom or --format=plain";
    }
    throw new Problem(Problem.Kind.DATABASE, file + " " + what + ".");
  }

  private static byte[] head(Path file) {
    if (Files.isDirectory(file)) {
      throw new Problem(
          Problem.Kind.DATABASE,
          file
              + " is a folder. If pg_dump --format=directory made it, make one with --format=custom.");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(4096);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads the facts.
   *
   * @throws Problem of kind DATABASE if the file is damaged or no dump of that format, or was made
   *     by a pg_dump newer than every pg_restore here
   */
  public static DumpFacts read(
      Path file, DumpFormat format, PgTools found, Cancellation cancellation) {
    return switch (format) {
      case CUSTOM -> custom(file, found, cancellation);
      case PLAIN -> plain(file, cancellation);
    };
  }

  private static DumpFacts plain(Path file, Cancellation cancellation) {
    try (InputStream in = CancellableInput.of(file, cancellation)) {
      ScriptFacts script = ScriptFacts.read(in);
      if (script.breaksOff()) {
        throw damaged(file, "it breaks off before its \\unrestrict");
      }
      return script
          .plain()
          .orElseThrow(() ->
              new Problem(
                  Problem.Kind.DATABASE,
                  file
                      + " is no script of pg_dump: it does not say by which version it was made."));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static DumpFacts custom(Path file, PgTools found, Cancellation cancellation) {
    PgTools.Tools newest = RestoreTools.newest(found);
    String list = run(file, newest, found, "--list", DumpReader::text, cancellation);
    Matcher server = SERVER.matcher(list);
    Matcher pgDump = PG_DUMP.matcher(list);
    if (!server.find() || !pgDump.find()) {
      throw damaged(file, "pg_restore --list does not tell the versions it was made by");
    }
    ScriptFacts script = run(file, newest, found, "--schema-only", ScriptFacts::read, cancellation);
    Set<String> tables =
        TABLE_DATA.matcher(list).results().map(r -> r.group(1)).collect(Collectors.toSet());
    return new DumpFacts(
        DumpFormat.CUSTOM,
        server.group(1),
        Integer.parseInt(server.group(2)),
        pgDump.group(1),
        Integer.parseInt(pgDump.group(2)),
        script.owners(),
        tables,
        script.encoding(),
        first(DATABASE, list),
        first(CREATED, list).flatMap(DumpReader::instant),
        false);
  }

  private static <T> T run(
      Path file,
      PgTools.Tools tools,
      PgTools found,
      String what,
      ChildProcess.StdoutReader<T> reader,
      Cancellation cancellation) {
    List<String> argv = List.of(tools.pgRestore().toString(), what, "--file=-", file.toString());
    cancellation.throwIfCancelled();
    try (ChildProcess child = ChildProcess.start(argv, Map.of());
        Cancellation.Hook _ = cancellation.onCancel(child::cancel)) {
      ChildProcess.Finished<T> finished = child.finish(reader);
      cancellation.throwIfCancelled();
      if (finished.exitCode() != 0) {
        if (finished.stderr().contains("unsupported version")) {
          throw RestoreTools.tooOld("a newer pg_dump", Optional.empty(), found);
        }
        throw damaged(file, finished.stderr());
      }
      return finished.output();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Optional<String> first(Pattern pattern, String text) {
    return pattern.matcher(text).results().findFirst().map((MatchResult r) -> r.group(1));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(ZonedDateTime.parse(text, TIME).toInstant());
    } catch (DateTimeException e) {
      // A zone whose short name Java does not know; nothing depends on it.
      return Optional.empty();
    }
  }

  static Problem damaged(Path file, String why) {
    return new Problem(
        Problem.Kind.DATABASE,
        "The dump " + file + " is damaged or no dump: " + why.strip() + ". Take another backup.");
  }

  static Problem unreadable(Path file, IOException e) {
    return new Problem(
        Problem.Kind.INTERNAL, "Could not read the dump " + file + ": " + e.getMessage(), e);
  }
}
