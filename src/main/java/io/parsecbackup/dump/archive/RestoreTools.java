package io.parsecbackup.dump.archive;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.PgTools;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Chooses the installed programs that restore a dump. */
public final class RestoreTools {

  /**
   * The first minor version of each major one whose psql knows {@code \restrict}
   * (https://www.postgresql.org/support/security/CVE-2025-8714/); all from 18 on do.
   */
  private static final Map<Integer, Integer> RESTRICT_SINCE =
      Map.of(13, 22, 14, 19, 15, 14, 16, 10, 17, 6);

  private RestoreTools() {}

  /**
   * The programs for this dump: those of the target server's major version if they are suitable,
   * else the oldest suitable ones. An archive needs a pg_restore at least as new as its pg_dump. A
   * script needs a psql, which must know {@code \restrict} if the script uses it.
   *
   * @param serverMajor of the target server; empty if the dump is only read
   * @throws Problem of kind DATABASE that says what was found and what to install
   */
  public static PgTools.Tools choose(PgTools found, DumpFacts dump, OptionalInt serverMajor) {
    found.newest();
    List<PgTools.Tools> serving =
        found.candidates().stream()
            .filter(tools ->
                switch (dump.format()) {
                  case CUSTOM, DIRECTORY -> tools.major() >= dump.origin().pgDump().major();
                  case PLAIN -> runsScript(tools, dump.origin().usesRestrict());
                })
            .toList();
    if (serving.isEmpty()) {
      throw tooOld("pg_dump " + dump.origin().pgDump(), Optional.of(dump), found);
    }
    return serving.stream()
        .filter(tools -> serverMajor.isPresent() && tools.major() == serverMajor.getAsInt())
        .findFirst()
        .or(() ->
            serving.stream()
                .filter(tools -> tools.major() >= dump.origin().pgDump().major())
                .min(Comparator.comparingInt(PgTools.Tools::major)))
        .orElse(serving.getFirst());
  }

  private static boolean runsScript(PgTools.Tools tools, boolean restrict) {
    return Files.isExecutable(tools.psql()) && (!restrict || knowsRestrict(tools));
  }

  static boolean knowsRestrict(PgTools.Tools tools) {
    return tools.major() >= 18
        || tools.version().minor() >= RESTRICT_SINCE.getOrDefault(tools.major(), Integer.MAX_VALUE);
  }

  static Problem tooOld(String maker, Optional<DumpFacts> dump, PgTools found) {
    String there =
        found.candidates().stream()
            .map(t -> t.version() + " in " + t.folder())
            .collect(Collectors.joining(", "));
    boolean script = dump.map(d -> d.format() == DumpFormat.PLAIN).orElse(false);
    String needed =
        script
            ? "a psql that knows \\restrict (13.22, 14.19, 15.14, 16.10, 17.6, 18 or newer)"
            : "client programs of version "
                + dump.map(d -> d.origin().pgDump().major() + "")
                    .orElse(found.newest().major() + 1 + "")
                + " or newer";
    return new Problem(
        Problem.Kind.DATABASE,
        "The dump was made by "
            + maker
            + ". Found: "
            + there
            + ". Install "
            + needed
            + ", or set parsec.backup.pg-bin to their folder; nothing was changed.");
  }
}
