package io.parsecbackup.dump.archive;

import io.parsecbackup.postgres.PgVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The facts in the comments of pg_dump's script: its head ({@code -- Dumped from database
 * version}), and the line above each object ({@code -- Name: t; Type: TABLE; Schema: public; Owner:
 * o}), as {@code _printTocEntry} in PostgreSQL's pg_backup_archiver.c writes them.
 */
final class ScriptFacts {

  private static final Pattern OBJECT =
      Pattern.compile("-- (Data for )?Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: (.*)");
  private static final Pattern TABLESPACE = Pattern.compile("(.*); Tablespace: (.*)");
  private static final Pattern VERSION =
      Pattern.compile("-- Dumped (from database|by pg_dump) version (\\d\\S*).*");

  /** Only with {@code --verbose}: {@code dumpTimestamp} in the same file. */
  private static final Pattern STARTED = Pattern.compile("-- Started on (.*)");

  private static final String HEAD = "-- PostgreSQL database dump";

  private static final Pattern ENCODING = Pattern.compile("SET client_encoding = '([^']+)';");

  private final SortedSet<String> owners = new TreeSet<>();
  private final Set<String> tables = new HashSet<>();
  private final RequirementsReader requirements = new RequirementsReader();
  private @Nullable PgVersion server;
  private @Nullable PgVersion pgDump;
  private @Nullable String startedOn;
  private @Nullable String encoding;
  private @Nullable String restrictKey;
  private boolean unrestricted;
  private int dumps;

  /** Reads to the end, because the last comment may name an owner. */
  static ScriptFacts read(InputStream in) throws IOException {
    ScriptFacts facts = new ScriptFacts();
    ScriptReader script = new ScriptReader(in);
    while (script.next()) {
      if (script.isBetweenStatements() && script.ends() && script.length() > 10) {
        facts.look(script);
      } else if (facts.requirements.isInsideRoutine() && !script.isData() && script.ends()) {
        facts.requirements.line(script.text());
      }
    }
    return facts;
  }

  private void look(ScriptReader script) {
    switch (script.buffer()[script.from()]) {
      case '-' -> comment(script.text());
      case '\\' -> command(script.text());
      case 'S' -> {
        Matcher set = ENCODING.matcher(script.text());
        if (encoding == null && set.matches()) {
          encoding = set.group(1);
        }
      }
      case 'C' -> requirements.line(script.text());
      default -> {}
    }
  }

  private void command(String line) {
    if (restrictKey == null && line.startsWith("\\restrict ")) {
      restrictKey = line.substring(10);
    } else if (restrictKey != null && line.equals("\\unrestrict " + restrictKey)) {
      unrestricted = true;
    }
  }

  private void comment(String line) {
    if (line.equals(HEAD)) {
      dumps++;
      return;
    }
    Matcher version = VERSION.matcher(line);
    Matcher started = STARTED.matcher(line);
    Matcher object = OBJECT.matcher(line);
    if (object.matches()) {
      Matcher tablespace = TABLESPACE.matcher(object.group(5));
      if (tablespace.matches()) {
        requirements.tablespace(tablespace.group(2));
      }
      if (object.group(1) == null) {
        requirements.entry(object.group(3), object.group(2));
      }
      String owner = tablespace.matches() ? tablespace.group(1) : object.group(5);
      // "-" means no owner, also with --no-owner.
      if (!owner.equals("-") && !owner.isEmpty()) {
        owners.add(owner);
      }
      if (object.group(3).equals("TABLE DATA")) {
        tables.add(object.group(4) + " " + object.group(2) + " " + owner);
      }
    } else if (version.matches()) {
      PgVersion found = PgVersion.of(version.group(2));
      if (version.group(1).startsWith("from") && server == null) {
        server = found;
      } else if (version.group(1).startsWith("by") && pgDump == null) {
        pgDump = found;
      }
    } else if (startedOn == null && started.matches()) {
      startedOn = started.group(1);
    }
  }

  SortedSet<String> owners() {
    return owners;
  }

  DumpRequirements requirements() {
    return requirements.requirements();
  }

  /** The facts of a plain dump; empty if the head is not pg_dump's. */
  Optional<DumpFacts> plain() {
    if (server == null || pgDump == null) {
      return Optional.empty();
    }
    return Optional.of(
        new DumpFacts(
            DumpFormat.PLAIN,
            new DumpOrigin(server, pgDump, Optional.ofNullable(startedOn), restrictKey != null),
            owners,
            tables,
            Optional.ofNullable(encoding),
            requirements.requirements()));
  }

  /** Whether it ends without the closing {@code unrestrict} of its {@code restrict} command. */
  boolean isTruncated() {
    return restrictKey != null && !unrestricted;
  }

  /** How many dumps the file contains, one after the other. */
  int dumps() {
    return dumps;
  }

  Optional<String> encoding() {
    return Optional.ofNullable(encoding);
  }
}
