package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.dump.restore.RestoreMark.Stage;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Carries out one restore as planned. */
final class DatabaseRestore {

  private static final Logger LOG = Logger.getLogger(DatabaseRestore.class);

  private final ServerSession session;
  private final RestoreSteps steps;
  private final RetryingFill fill;
  private final RestoreCheck check;
  private final RestorePlanner.Situation found;
  private final DatabasePlan plan;
  private final DumpSource dump;
  private final DatabaseUri uri;
  private final String target;
  private final RestoreLeftovers leftovers;
  private final List<String> warnings;

  DatabaseRestore(
      ServerSession session,
      RestoreSteps steps,
      RetryingFill fill,
      RestoreCheck check,
      RestorePlanner.Situation found) {
    this.session = session;
    this.steps = steps;
    this.fill = fill;
    this.check = check;
    this.found = found;
    this.plan = found.plan();
    this.dump = plan.request().dump();
    this.uri = plan.request().target();
    this.target = uri.database();
    this.leftovers = new RestoreLeftovers(uri, dump.backupId());
    this.warnings = new ArrayList<>(plan.warnings());
  }

  DatabaseOutcome run() {
    Action done =
        switch (plan.action()) {
          case CREATE -> create();
          case FILL -> fillEmpty();
          case SWAP -> replace();
          case FINISH -> finish();
        };
    warnings.addAll(check.searchPath(target));
    return new DatabaseOutcome(
        done, plan.keptAs(), warnings, fill.excludesOwners(), done == Action.CREATE);
  }

  private Action create() {
    leftovers.drop(session, steps);
    if (fill.isParallel()) {
      return createBeside();
    }
    RestoreMark mark = RestoreMark.of(dump, target, Optional.empty()).at(Stage.FILLING);
    createAs(target);
    orUndo(
        other -> DatabaseDdl.drop(other, target),
        () -> {
          steps.run("mark as begun", () -> session.execute(mark.on(target)));
          fill(target);
          check.require(target);
        });
    unmark(mark);
    return Action.CREATE;
  }

  private void createAs(String name) {
    steps.run(
        "create of the database",
        () ->
            DatabaseDdl.create(
                session,
                name,
                dump.database().encoding().or(plan.request().facts()::encoding),
                dump.database().collate(),
                warnings));
  }

  /**
   * Creates the database under another name, because several connections cannot fill it in one
   * transaction: it gets its name when it is complete.
   */
  private Action createBeside() {
    String made = RestoreNames.made(target, dump.backupId());
    RestoreMark mark = RestoreMark.of(dump, target, Optional.empty());
    orUndo(
        other -> leftovers.drop(other, made),
        () -> {
          fillNew(made, () -> createAs(made), mark);
          check.require(made);
          steps.run("rename", () -> new DatabaseSwap(session, steps, target, made).rename(mark));
        });
    return Action.CREATE;
  }

  private Action fillEmpty() {
    finishEarlierSwap();
    leftovers.drop(session, steps);
    Optional<String> comment = RestoreMark.without(found.target().flatMap(DatabaseRow::comment));
    RestoreMark mark = RestoreMark.of(dump, target, comment).at(Stage.FILLING);
    boolean[] marked = {false};
    // Only the owner may set the comment. Without a mark, a crash at the very end is not
    // recognised.
    steps.run("mark as begun", () -> marked[0] = session.tryExecute(mark.on(target)).isEmpty());
    orUndo(
        other -> {
          if (marked[0] && isEmpty(other)) {
            other.execute(mark.off(target));
          }
        },
        () -> {
          fill(target);
          check.require(target);
        });
    if (marked[0]) {
      unmark(mark);
    }
    return Action.FILL;
  }

  private boolean isEmpty(ServerSession other) {
    try (ServerSession inside = other.in(uri)) {
      return DatabaseContents.of(inside).isEmpty();
    }
  }

  private Action replace() {
    finishEarlierSwap();
    leftovers.drop(session, steps);
    String made = RestoreNames.made(target, dump.backupId());
    RestoreMark mark =
        RestoreMark.of(
            dump,
            target,
            RestoreMark.without(DatabaseRow.find(session, target).flatMap(DatabaseRow::comment)));
    orUndo(
        other -> leftovers.drop(other, made),
        () -> {
          fillNew(
              made,
              () ->
                  steps.run(
                      "create of the database",
                      () -> DatabaseDdl.createLike(session, target, made, warnings)),
              mark);
          check.require(made);
          warnings.addAll(DatabaseSettings.copy(session, target, made));
          steps.run("mark", () -> session.execute(mark.at(Stage.WHOLE).on(made)));
        });
    swap(made, mark);
    return Action.SWAP;
  }

  private void swap(String made, RestoreMark mark) {
    String kept = plan.keptAs().orElseThrow();
    RestoreMark[] swapped = {mark};
    orUndo(
        other -> {
          new DatabaseSwap(other, steps, target, made).undo();
          if (check.cancellation().isCancelled()) {
            leftovers.drop(other, made);
          }
        },
        () -> swapped[0] = new DatabaseSwap(session, steps, target, made).swap(mark, kept));
    afterwards(
        "The old database %s is still closed: run ALTER DATABASE %s ALLOW_CONNECTIONS true"
            .formatted(kept, Sql.name(kept)),
        other -> new DatabaseSwap(other, steps, target, made).finish(swapped[0]));
  }

  private void unmark(RestoreMark mark) {
    afterwards(
        "The comment on the database %s still says that a restore fills it: run %s"
            .formatted(target, mark.off(target)),
        other -> steps.run("unmark", () -> other.execute(mark.off(target))));
  }

  private void afterwards(String otherwise, Consumer<ServerSession> work) {
    cleanUp().attempt(otherwise, work).ifPresent(warnings::add);
  }

  private CleanUp cleanUp() {
    return new CleanUp(uri, steps.cleanUp());
  }

  private Action finish() {
    if (found.whole().isEmpty()) {
      RestoreMark own = found.mark().orElseThrow();
      if (own.stage() == Stage.SWAPPED) {
        new DatabaseSwap(session, steps, target, target).finish(own);
      } else {
        unmark(own);
      }
      dropLeftovers();
      return Action.FINISH;
    }
    String made = found.whole().get().name();
    new DatabaseSwap(session, steps, target, made).undo();
    if (check.difference(made).isPresent()) {
      return replace();
    }
    finishEarlierSwap();
    warnings.addAll(DatabaseSettings.copy(session, target, made));
    Optional<String> comment = RestoreMark.without(found.target().flatMap(DatabaseRow::comment));
    swap(made, RestoreMark.of(dump, target, comment).at(Stage.WHOLE));
    dropLeftovers();
    return Action.FINISH;
  }

  private void dropLeftovers() {
    afterwards(
        "Unfinished databases of earlier restores may remain; the next restore drops them",
        other -> leftovers.drop(other, steps));
  }

  /** Finishes a swap that was interrupted after its commit: its old database is still closed. */
  private void finishEarlierSwap() {
    found
        .mark()
        .filter(m -> m.stage() == Stage.SWAPPED)
        .ifPresent(m -> new DatabaseSwap(session, steps, target, target).finish(m));
  }

  private void fillNew(String made, Runnable create, RestoreMark mark) {
    Runnable begin =
        () -> {
          create.run();
          steps.run("mark as begun", () -> session.execute(mark.on(made)));
        };
    begin.run();
    Runnable again =
        () -> {
          DatabaseDdl.drop(session, made);
          begin.run();
        };
    steps.run("fill", () -> fill.fillNew(made, again, warnings::add));
  }

  private void fill(String database) {
    steps.run("fill", () -> fill.fill(database, warnings::add));
  }

  /** Does {@code work}; if it fails, {@code undo} removes its incomplete result. */
  private void orUndo(Consumer<ServerSession> undo, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException failure) {
      try {
        cleanUp().run(undo);
      } catch (RuntimeException e) {
        LOG.warnf(
            "The incomplete restore could not be removed; the next restore removes it: %s",
            e.getMessage());
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }
}
