package io.parsecbackup.dump.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.SessionEnd;
import io.parsecbackup.postgres.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Creates and drops databases. The template is always {@code template0}: {@code template1} may
 * contain objects that conflict with the dump, and does not allow another encoding or locale.
 */
final class DatabaseDdl {

  /** SQLSTATEs of CREATE DATABASE for an encoding or a locale that cannot be used. */
  private static final Set<String> LOCALE_REFUSED = Set.of("22023", "42809", "42704", "0A000");

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration TURN = Duration.ofMillis(100);

  private DatabaseDdl() {}

  /**
   * Creates an empty database with the dump's encoding, and its locale if the server has it.
   *
   * @param warnings receives a warning if the server does not have the locale
   */
  static void create(
      ServerSession session,
      String name,
      Optional<String> encoding,
      Optional<String> collate,
      List<String> warnings) {
    String base = "CREATE DATABASE " + Sql.name(name) + " TEMPLATE template0";
    String encoded = base + encoding.map(e -> " ENCODING " + Sql.literal(e)).orElse("");
    List<String> attempts = new ArrayList<>();
    collate.ifPresent(c -> attempts.add(encoded + locale(c)));
    attempts.add(encoded);
    // The server's locale may not support that encoding; C supports all.
    attempts.add(encoded + locale("C"));
    for (int i = 0; i < attempts.size(); i++) {
      Optional<SQLException> refused = attempt(session, attempts.get(i));
      if (refused.isEmpty()) {
        if (collate.isPresent() && i > 0) {
          warnings.add(
              "The server has no locale %s with encoding %s; the database %s has %s and may sort text differently."
                  .formatted(
                      collate.get(),
                      encoding.orElse("(default)"),
                      Sql.name(name),
                      i == 1 ? "the server's locale" : "the locale C"));
        }
        return;
      }
      if (!LOCALE_REFUSED.contains(ServerSession.state(refused.get()))
          || i == attempts.size() - 1) {
        throw session.meaning(refused.get());
      }
    }
  }

  private static String locale(String locale) {
    return " LC_COLLATE " + Sql.literal(locale) + " LC_CTYPE " + Sql.literal(locale);
  }

  /**
   * Creates an empty database with the encoding, locale, owner and tablespace of another one.
   *
   * @param warnings receives what could not be copied
   */
  static void createLike(ServerSession session, String old, String name, List<String> warnings) {
    String base =
        "CREATE DATABASE "
            + Sql.name(name)
            + " TEMPLATE template0"
            + session.query(likeSql(session, old), row -> row.getString(1)).getFirst();
    List<String> extras =
        session
            .query(
                "SELECT pg_get_userbyid(datdba), spcname FROM pg_database d JOIN pg_tablespace t"
                    + " ON t.oid = d.dattablespace WHERE datname = "
                    + Sql.literal(old),
                row -> List.of(row.getString(1), row.getString(2)))
            .getFirst();
    String owner = " OWNER " + Sql.name(extras.get(0));
    String tablespace =
        extras.get(1).equals("pg_default") ? "" : " TABLESPACE " + Sql.name(extras.get(1));
    Optional<SQLException> refused = attempt(session, base + owner + tablespace);
    if (refused.isPresent() && ServerSession.state(refused.get()).equals("42501")) {
      warnings.add(
          "The new database has the server's default tablespace and belongs to the role that restores it: %s"
              .formatted(refused.get().getMessage()));
      refused = attempt(session, base);
    }
    if (refused.isPresent()) {
      throw session.meaning(refused.get());
    }
  }

  /** PostgreSQL 15, 16 and 17 added columns and clauses for locales. */
  private static String likeSql(ServerSession session, String old) {
    int version = TargetServer.version(session).major();
    String sql =
        "format(' ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding),"
            + " datcollate, datctype)";
    if (version >= 15) {
      String locale = version >= 17 ? "datlocale" : "daticulocale";
      sql +=
          " || CASE datlocprovider WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', "
              + locale
              + ") WHEN 'c' THEN ' LOCALE_PROVIDER libc' ELSE "
              + (version >= 17
                  ? "format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', datlocale)"
                  : "''")
              + " END";
    }
    if (version >= 16) {
      sql +=
          " || CASE WHEN daticurules IS NULL THEN '' ELSE format(' ICU_RULES %L', daticurules) END";
    }
    return "SELECT " + sql + " FROM pg_database WHERE datname = " + Sql.literal(old);
  }

  /** Retries while another session copies template0, which blocks it. */
  private static Optional<SQLException> attempt(ServerSession session, String sql) {
    long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (true) {
      Optional<SQLException> refused = session.tryExecute(sql);
      if (refused.isEmpty()
          || !ServerSession.state(refused.get()).equals("55006")
          || System.nanoTime() > deadline) {
        return refused;
      }
      session.pause(TURN);
    }
  }

  /** Ends the sessions of a database and drops it, if it exists. */
  static void drop(ServerSession session, String name) {
    boolean force = TargetServer.version(session).major() >= 13;
    String sql = "DROP DATABASE IF EXISTS " + Sql.name(name);
    long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (true) {
      Optional<SQLException> refused = session.tryExecute(sql + (force ? " WITH (FORCE)" : ""));
      if (refused.isEmpty()) {
        return;
      }
      String state = ServerSession.state(refused.get());
      if (!(state.equals("55006") || (force && state.equals("42501")))) {
        throw session.meaning(refused.get());
      }
      if (System.nanoTime() > deadline) {
        throw new Problem(
            Problem.Kind.DATABASE,
            "The database %s could not be dropped: %s"
                .formatted(Sql.name(name), refused.get().getMessage()));
      }
      SessionEnd.all(session, List.of(name), LONGEST_WAIT);
      // FORCE needs rights over the sessions; without it the error names the real cause.
      force = false;
    }
  }
}
