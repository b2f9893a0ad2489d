package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabasePlan.Action;
import io.parsecbackup.dump.RestoreMark.Stage;
import io.parsecbackup.parsec.DatabaseUri;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Looks at the target and decides; changes nothing. */
final class RestorePlanner {

  /**
   * What was found.
   *
   * @param target the row of the target's name, where there is one
   * @param made databases that a restore into the target made, marked, and left
   * @param begun empty ones that it left before it marked them
   */
  record Situation(
      DatabasePlan plan,
      Optional<DatabaseRow> target,
      List<DatabaseRow> made,
      List<DatabaseRow> begun) {}

  private final ServerSession session;
  private final DumpSource dump;
  private final DumpFacts facts;
  private final DatabaseUri uri;
  private final boolean replace;
  private final Cancellation cancellation;
  private final String name;

  RestorePlanner(
      ServerSession session,
      DumpSource dump,
      DumpFacts facts,
      DatabaseUri uri,
      boolean replace,
      Cancellation cancellation) {
    this.session = session;
    this.dump = dump;
    this.facts = facts;
    this.uri = uri;
    this.replace = replace;
    this.cancellation = cancellation;
    this.name = uri.database();
  }

  /** Throws a Problem for whatever forbids the restore. */
  Situation look() {
    TargetServer.requirePossible(session, facts, uri);
    RestoreRights rights = RestoreRights.of(session);
    List<DatabaseRow> all = DatabaseRow.all(session);
    Optional<DatabaseRow> target = all.stream().filter(r -> r.name().equals(name)).findFirst();
    List<DatabaseRow> made =
        all.stream()
            .filter(r -> !r.name().equals(name))
            .filter(r -> r.mark().filter(m -> m.into().equals(name)).isPresent())
            .toList();
    if (target.isEmpty()) {
      rights.requireCreate("The database " + Sql.name(name) + " would have to be created");
      return situation(Action.CREATE, target, made, List.of(), Optional.empty(), rights);
    }
    return there(target.get(), made, all, rights);
  }

  private Situation there(
      DatabaseRow target, List<DatabaseRow> made, List<DatabaseRow> all, RestoreRights rights) {
    Optional<RestoreMark> mark = target.mark().filter(m -> m.into().equals(name));
    if (target.broken() || target.template()) {
      throw problem(
          name,
          target.broken()
              ? "The dropping of the database %s was cut off. Run DROP DATABASE again and try again."
              : "The database %s is a template. Name another, or run ALTER DATABASE … IS_TEMPLATE false.");
    }
    boolean swapped = mark.filter(m -> m.stage() == Stage.SWAPPED).isPresent();
    if (swapped && mark.filter(m -> m.isOf(dump)).isPresent()) {
      return situation(
          Action.FINISH,
          Optional.of(target),
          made,
          List.of(),
          mark.flatMap(RestoreMark::kept)
              .filter(kept -> all.stream().anyMatch(r -> r.name().equals(kept))),
          rights);
    }
    boolean closedByUs =
        !target.open()
            && made.stream().anyMatch(r -> r.mark().orElseThrow().stage() == Stage.CLOSED);
    if (!target.open() && !closedByUs) {
      throw problem(
          name,
          "The database %s accepts no connections, and it was not a restore that closed it. If nobody wants it so, run: ALTER DATABASE … ALLOW_CONNECTIONS true");
    }
    List<String> holds;
    if (closedByUs) {
      holds = List.of("what it held before a restore that was cut off closed it");
    } else {
      DatabaseContents contents = contents(target.name());
      if (contents.isEmpty()) {
        TargetServer.requireSchema(uri, cancellation);
        return situation(
            Action.FILL, Optional.of(target), made, List.of(), Optional.empty(), rights);
      }
      if (mark.filter(m -> m.isOf(dump) && m.stage() == Stage.MADE).isPresent()) {
        return situation(
            Action.FINISH, Optional.of(target), made, contents.things(), Optional.empty(), rights);
      }
      holds = contents.things();
    }
    return replacing(target, made, all, holds, rights);
  }

  private Situation replacing(
      DatabaseRow target,
      List<DatabaseRow> made,
      List<DatabaseRow> all,
      List<String> holds,
      RestoreRights rights) {
    if (!replace) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The database %s is not empty: it holds %s. Nothing was touched. With --replace the backup is restored into a new database, which then takes this one's name; this one is kept as %s."
              .formatted(Sql.name(name), String.join(", ", holds), keptAs(all)));
    }
    rights.requireOwned(session, target);
    boolean whole =
        made.stream()
            .map(r -> r.mark().orElseThrow())
            .anyMatch(m -> m.isOf(dump) && (m.stage() == Stage.WHOLE || m.stage() == Stage.CLOSED));
    rights.requireCreate("The database " + Sql.name(name) + " would be replaced by a new one");
    if (!whole) {
      requireFree(RestoreNames.made(name, dump.backupId()), made, all);
    }
    return situation(
        whole ? Action.FINISH : Action.SWAP,
        Optional.of(target),
        made,
        holds,
        Optional.of(keptAs(all)),
        rights);
  }

  /** Without a mark, an empty database of the new one's name is what a crash before it left. */
  private void requireFree(String madeName, List<DatabaseRow> made, List<DatabaseRow> all) {
    Optional<DatabaseRow> inTheWay =
        all.stream().filter(r -> r.name().equals(madeName) && !made.contains(r)).findFirst();
    if (inTheWay.isPresent()
        && (!inTheWay.get().open() || !contents(inTheWay.get().name()).isEmpty())) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The new database would be called %s, and there is one of that name that no restore made. Rename or drop it."
              .formatted(Sql.name(madeName)));
    }
  }

  private List<DatabaseRow> begun() {
    return DatabaseRow.all(session).stream()
        .filter(row -> RestoreNames.isMade(name, row.name()))
        .filter(row -> row.open() && row.comment().isEmpty() && contents(row.name()).isEmpty())
        .toList();
  }

  private DatabaseContents contents(String database) {
    try (ServerSession inside = ServerSession.open(uri.withDatabase(database), cancellation)) {
      return DatabaseContents.of(inside);
    }
  }

  private String keptAs(List<DatabaseRow> all) {
    Instant at = Instant.now();
    while (true) {
      String kept = RestoreNames.kept(name, at);
      if (all.stream().noneMatch(r -> r.name().equals(kept))) {
        return kept;
      }
      at = at.plusSeconds(1);
    }
  }

  private Situation situation(
      Action action,
      Optional<DatabaseRow> target,
      List<DatabaseRow> made,
      List<String> holds,
      Optional<String> keptAs,
      RestoreRights rights) {
    SortedSet<String> foreign = rights.foreign(session, facts);
    List<String> warnings = new ArrayList<>();
    if (!foreign.isEmpty()) {
      warnings.add(
          "Everything goes to the role %s, and privileges are left out: the dump's owners %s %s."
              .formatted(
                  Sql.name(rights.role()),
                  String.join(", ", foreign),
                  rights.superuser() ? "are no roles of this server" : "are others"));
    }
    DatabasePlan plan =
        new DatabasePlan(
            dump,
            uri,
            replace,
            facts,
            action,
            TargetServer.version(session),
            holds,
            target.map(row -> SessionEnd.sessions(session, row.oid())).orElse(List.of()),
            keptAs,
            !foreign.isEmpty(),
            warnings);
    return new Situation(plan, target, made, begun());
  }

  private static Problem problem(String name, String text) {
    return new Problem(Problem.Kind.DATABASE, text.formatted(Sql.name(name)));
  }
}
