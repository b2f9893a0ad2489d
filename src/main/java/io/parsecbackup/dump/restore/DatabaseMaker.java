package io.parsecbackup.dump.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.PgVersion;
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
 * Makes and drops databases. Always over {@code template0}: {@code template1} may hold what is then
 * in the dump's way, and only the former takes another encoding or locale.
 */
final class DatabaseMaker {

  /** What CREATE DATABASE says of an encoding or a locale that does not go. */
  private static final Set<String> LOCALE_REFUSED = Set.of("22023", "42809", "42704", "0A000");

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration TURN = Duration.ofMillis(100);

  private DatabaseMaker() {}

  /**
   * Makes an empty database in the dump's encoding, and in its locale where the server has that.
   *
   * @param warnings gets one when it has not
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
    // The server's own locale may not go with that encoding; C goes with all.
    attempts.add(encoded + locale("C"));
    for (int i = 0; i < attempts.size(); i++) {
      Optional<SQLException> refused = attempt(session, attempts.get(i));
      if (refused.isEmpty()) {
        if (collate.isPresent() && i > 0) {
          warnings.add(
              "The server has no locale %s with encoding %s; the database %s got %s, and may sort text otherwise than before."
                  .formatted(
                      collate.get(),
                      encoding.orElse("of its own"),
                      Sql.name(name),
                      i == 1 ? "the server's own" : "C"));
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
   * Makes an empty database of the encoding, locale, owner and tablespace that another one has.
   *
   * @param warnings gets what could not be taken over
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
          "The new database has the server's default tablespace and belongs to the role that restored it: %s"
              .formatted(refused.get().getMessage()));
      refused = attempt(session, base);
    }
    if (refused.isPresent()) {
      throw session.meaning(refused.get());
    }
  }

  /** Columns and clauses for locales grew with 15, 16 and 17. */
  private static String likeSql(ServerSession session, String old) {
    int version = PgVersion.majorOf(TargetServer.versionNum(session));
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

  /** While somebody else copies template0 it cannot be copied. */
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

  /** Drops a database and ends its sessions; one that is not there is no failure. */
  static void drop(ServerSession session, String name) {
    boolean force = PgVersion.majorOf(TargetServer.versionNum(session)) >= 13;
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
      // Not owned, rather than sessions not ours: the plain one tells.
      force = false;
    }
  }
}
