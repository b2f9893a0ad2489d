package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.dump.restore.RestoreMark.Stage;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/** One restore, from what was found to what was decided. */
final class RestoreWork {

  private static final Logger LOG = Logger.getLogger(RestoreWork.class);

  private final ServerSession session;
  private final Steps steps;
  private final DumpFill fill;
  private final RestoreCheck check;
  private final RestorePlanner.Situation found;
  private final DatabasePlan plan;
  private final LongConsumer progress;
  private final Cancellation cancellation;
  private final String target;
  private final RestoreLeftovers leftovers;
  private final List<String> warnings;
  private LeftOut leftOut;

  RestoreWork(
      ServerSession session,
      Steps steps,
      DumpFill fill,
      RestoreCheck check,
      RestorePlanner.Situation found,
      LongConsumer progress,
      Cancellation cancellation) {
    this.session = session;
    this.steps = steps;
    this.fill = fill;
    this.check = check;
    this.found = found;
    this.plan = found.plan();
    this.progress = progress;
    this.cancellation = cancellation;
    this.target = plan.target().database();
    this.leftovers = new RestoreLeftovers(plan.target(), plan.dump().backupId());
    this.warnings = new ArrayList<>(plan.warnings());
    this.leftOut = plan.leftOut();
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
        done, plan.keptAs(), warnings, leftOut.owners(), done == Action.CREATE);
  }

  private Action create() {
    leftovers.drop(session, steps);
    RestoreMark mark = RestoreMark.of(plan.dump(), target, Optional.empty()).at(Stage.FILLING);
    steps.run(
        "create of the database",
        () ->
            DatabaseMaker.create(
                session,
                target,
                plan.dump().encoding().or(plan.facts()::encoding),
                plan.dump().collate(),
                warnings));
    orElse(
        other -> DatabaseMaker.drop(other, target),
        () -> {
          steps.run("mark as begun", () -> session.execute(mark.on(target)));
          fill(target);
          check.require(target);
        });
    unmark(mark);
    return Action.CREATE;
  }

  private Action fillEmpty() {
    finishEarlierSwap();
    leftovers.drop(session, steps);
    Optional<String> comment = RestoreMark.without(found.target().flatMap(DatabaseRow::comment));
    RestoreMark mark = RestoreMark.of(plan.dump(), target, comment).at(Stage.FILLING);
    boolean[] marked = {false};
    // It is the owner's to comment on; without a mark only a crash at the very end is not
    // recognised.
    steps.run("mark as begun", () -> marked[0] = session.tryExecute(mark.on(target)).isEmpty());
    orElse(
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
    try (ServerSession inside = other.in(plan.target())) {
      return DatabaseContents.of(inside).isEmpty();
    }
  }

  private Action replace() {
    finishEarlierSwap();
    leftovers.drop(session, steps);
    String made = RestoreNames.made(target, plan.dump().backupId());
    RestoreMark mark =
        RestoreMark.of(
            plan.dump(),
            target,
            RestoreMark.without(DatabaseRow.find(session, target).flatMap(DatabaseRow::comment)));
    orElse(
        other -> leftovers.drop(other, made),
        () -> {
          steps.run(
              "create of the database",
              () -> DatabaseMaker.createLike(session, target, made, warnings));
          steps.run("mark as begun", () -> session.execute(mark.on(made)));
          fill(made);
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
    orElse(
        other -> {
          new DatabaseSwap(other, steps, target, made).undo();
          if (cancellation.isCancelled()) {
            leftovers.drop(other, made);
          }
        },
        () -> swapped[0] = new DatabaseSwap(session, steps, target, made).swap(mark, kept));
    afterwards(
        "The database that was there, %s, is still closed: run ALTER DATABASE %s ALLOW_CONNECTIONS true"
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
    return new CleanUp(plan.target(), steps.cleanUp());
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
    swap(made, RestoreMark.of(plan.dump(), target, comment).at(Stage.WHOLE));
    dropLeftovers();
    return Action.FINISH;
  }

  private void dropLeftovers() {
    afterwards(
        "Databases that earlier restores began may be left; the next restore drops them",
        other -> leftovers.drop(other, steps));
  }

  /** One that was cut off after its commit: its old database is still closed. */
  private void finishEarlierSwap() {
    found
        .mark()
        .filter(m -> m.stage() == Stage.SWAPPED)
        .ifPresent(m -> new DatabaseSwap(session, steps, target, target).finish(m));
  }

  private void fill(String database) {
    steps.run(
        "fill",
        () -> {
          DumpFill.Result result = fillOnce(database);
          if (!result.succeeded() && !leftOut.owners() && FillFailure.lacksRole(result)) {
            leftOut = leftOut.withOwners();
            warnings.add(
                "Everything went to the role %s, and privileges were left out, because the dump names a role that is not there: %s"
                    .formatted(
                        Sql.name(plan.target().user()),
                        result.stderr().lines().findFirst().orElse("")));
            result = fillOnce(database);
          }
          if (!result.succeeded()) {
            throw FillFailure.of(result, plan.target().withDatabase(database));
          }
        });
  }

  private DumpFill.Result fillOnce(String database) {
    return fill.run(
        plan.target().withDatabase(database).libpq(session.host()),
        leftOut,
        progress,
        cancellation);
  }

  /** Does {@code work}; if that fails, {@code mend} takes back what it began. */
  private void orElse(Consumer<ServerSession> mend, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException failure) {
      try {
        cleanUp().run(mend);
      } catch (RuntimeException e) {
        LOG.warnf(
            "What the restore began could not be taken back, the next restore will: %s",
            e.getMessage());
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }
}
