package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpRows;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which lines of a script are skipped, and which only look like them. */
class ScriptFilterTest {

  private static final String SCRIPT =
      """
      --
      -- PostgreSQL database dump
      --

      \\restrict abc

      SET lock_timeout = 0;
      SET transaction_timeout = 0;
      -- Name: it's; Type: TABLE; Schema: public; Owner: o

      CREATE FUNCTION public.f() RETURNS integer
          AS $body$
      GRANT ALL ON x TO y;
      ALTER TABLE x OWNER TO y;
      \\! no command
      COPY public.x (a) FROM stdin;
      $ $bod$ $body$;
      ALTER FUNCTION public.f() OWNER TO postgres;
      COMMENT ON FUNCTION public.f() IS E'a''\\\\'';
      REVOKE ALL ON x FROM y;
      ';
      COPY public."FROM stdin;" (a) FROM stdin;
      GRANT ALL ON x TO y;
      SET transaction_timeout = 0;
      \\\\.
      \\.

      BEGIN;

      SELECT pg_catalog.lo_open('16407', 131072);
      COMMIT;
      ALTER TABLE public."a "" OWNER TO; b" OWNER TO "o ;x";
      ALTER TABLE public.t ALTER COLUMN a SET DEFAULT 1;
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b;
      GRANT SELECT ON TABLE public.t TO "r s";
      \\unrestrict abc
      """;

  @Test
  void skipsOwnersAndPrivilegesButNothingThatOnlyLooksLikeThem() {
    String kept = filtered(SCRIPT, true, false);
    assertEquals(
        SCRIPT
            .replace("ALTER FUNCTION public.f() OWNER TO postgres;\n", "")
            .replace("ALTER TABLE public.\"a \"\" OWNER TO; b\" OWNER TO \"o ;x\";\n", "")
            .replace("REVOKE ALL ON SCHEMA public FROM PUBLIC;\n", "")
            .replace("ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b;\n", "")
            .replace("GRANT SELECT ON TABLE public.t TO \"r s\";\n", "")
            .replace("BEGIN;\n", "")
            .replace("COMMIT;\n", ""),
        kept);
  }

  @Test
  void skipsWhatAnOlderServerDoesNotKnow() {
    assertEquals(
        SCRIPT
            .replace("SET lock_timeout = 0;\nSET transaction_timeout = 0;", "SET lock_timeout = 0;")
            .replace("BEGIN;\n", "")
            .replace("COMMIT;\n", ""),
        filtered(SCRIPT, false, true));
  }

  @Test
  void passesALineLongerThanTheBuffer() {
    String script =
        "COPY public.t (a) FROM stdin;\n" + "x".repeat(1_000_000) + "\n\\.\n" + "y".repeat(600_000);
    assertEquals(script, filtered(script, true, true));
  }

  @Test
  void refusesAScriptThatConnectsElsewhere() {
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> filtered("SELECT 1;\n\\connect other\n", false, false));
    assertTrue(message.contains("\\connect"), message);
  }

  @Test
  void refusesAScriptThatIsTruncatedInATable() {
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> filtered("COPY public.t (a) FROM stdin;\n1\n", false, false));
    assertTrue(message.contains("ends in the middle"), message);
  }

  @Test
  void countsRowsOfAnyLength() throws IOException {
    String script =
        """
        COPY public.migration (name, _id) FROM stdin;
        nine\t9
        x\t24
        y\t10
        \\.

        COPY "s.""p".t FROM stdin;
        \\.

        COPY public.data (a) FROM stdin;
        %s

        z
        \\.
        """
            .formatted("f".repeat(3_000_000));
    DumpRows rows = DumpRows.count(in(script)).orElseThrow();
    assertEquals("{\"s.\"\"p\".t=0, public.data=3, public.migration=3}", rows.tables() + "");
    assertEquals(24, rows.newestMigration(Optional.empty()).getAsInt());
  }

  private static String filtered(String script, boolean withoutOwners, boolean forOlderServer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new ScriptFilter(new RestoreExclusions(withoutOwners, false), forOlderServer)
          .copy(in(script), out, bytes -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static ByteArrayInputStream in(String script) {
    return new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8));
  }
}
