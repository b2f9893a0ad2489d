package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.dump.DatabasePlan.Action;
import io.parsecbackup.dump.RestoreMark.Stage;
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
  private final List<String> warnings;
  private boolean withoutOwners;

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
    this.warnings = new ArrayList<>(plan.warnings());
    this.withoutOwners = plan.noOwner();
  }

  DatabaseOutcome run() {
    switch (plan.action()) {
      case CREATE -> create();
      case FILL -> fillEmpty();
      case SWAP -> replace();
      case FINISH -> finish();
    }
    return new DatabaseOutcome(
        plan.keptAs(), warnings, withoutOwners, plan.action() == Action.CREATE);
  }

  private void create() {
    dropLeftovers();
    RestoreMark mark = RestoreMark.of(plan.dump(), target, Optional.empty());
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
    steps.run("unmark", () -> session.execute(mark.off(target)));
  }

  private void fillEmpty() {
    dropLeftovers();
    Optional<String> comment = RestoreMark.without(found.target().flatMap(DatabaseRow::comment));
    RestoreMark mark = RestoreMark.of(plan.dump(), target, comment);
    boolean[] marked = {false};
    // It is the owner's to comment on; without a mark only a crash at the very end is not
    // recognised.
    steps.run("mark as begun", () -> marked[0] = session.tryExecute(mark.on(target)).isEmpty());
    orElse(
        other -> {
          if (marked[0] && isEmpty()) {
            other.execute(mark.off(target));
          }
        },
        () -> {
          fill(target);
          check.require(target);
        });
    if (marked[0]) {
      steps.run("unmark", () -> session.execute(mark.off(target)));
    }
  }

  private boolean isEmpty() {
    try (ServerSession inside = ServerSession.open(plan.target(), new Cancellation())) {
      return DatabaseContents.of(inside).isEmpty();
    }
  }

  private void replace() {
    finishEarlierSwap();
    dropLeftovers();
    String made = RestoreNames.made(target, plan.dump().backupId());
    RestoreMark mark =
        RestoreMark.of(
            plan.dump(),
            target,
            RestoreMark.without(DatabaseRow.find(session, target).flatMap(DatabaseRow::comment)));
    orElse(
        other -> DatabaseMaker.drop(other, made),
        () -> {
          steps.run(
              "create of the database",
              () -> {
                DatabaseMaker.drop(session, made);
                DatabaseMaker.createLike(session, target, made, warnings);
              });
          steps.run("mark as begun", () -> session.execute(mark.on(made)));
          fill(made);
          check.require(made);
          warnings.addAll(DatabaseSettings.copy(session, target, made));
          steps.run("mark", () -> session.execute(mark.at(Stage.WHOLE).on(made)));
        });
    swap(made, mark);
  }

  private void swap(String made, RestoreMark mark) {
    orElse(
        other -> {
          new DatabaseSwap(other, steps, target, made).undo();
          if (cancellation.isCancelled()
              && DatabaseRow.find(other, made).flatMap(DatabaseRow::mark).isPresent()) {
            DatabaseMaker.drop(other, made);
          }
        },
        () ->
            new DatabaseSwap(session, steps, target, made).swap(mark, plan.keptAs().orElseThrow()));
  }

  private void finish() {
    Optional<RestoreMark> own =
        found.target().flatMap(DatabaseRow::mark).filter(m -> m.into().equals(target));
    if (own.filter(m -> m.stage() == Stage.SWAPPED).isPresent()) {
      new DatabaseSwap(session, steps, target, target).finish(own.get());
      dropLeftovers();
      return;
    }
    if (own.filter(m -> m.stage() == Stage.MADE && m.isOf(plan.dump())).isPresent()) {
      check.require(target);
      steps.run("unmark", () -> session.execute(own.get().off(target)));
      dropLeftovers();
      return;
    }
    DatabaseRow made =
        found.made().stream()
            .filter(r -> r.mark().orElseThrow().isOf(plan.dump()))
            .filter(r -> r.mark().orElseThrow().stage() != Stage.MADE)
            .findFirst()
            .orElseThrow();
    warnings.addAll(DatabaseSettings.copy(session, target, made.name()));
    Optional<String> comment = RestoreMark.without(found.target().flatMap(DatabaseRow::comment));
    swap(made.name(), RestoreMark.of(plan.dump(), target, comment).at(Stage.WHOLE));
  }

  /** One of another backup, cut off after its commit: its old database is still closed. */
  private void finishEarlierSwap() {
    found
        .target()
        .flatMap(DatabaseRow::mark)
        .filter(m -> m.into().equals(target) && m.stage() == Stage.SWAPPED)
        .ifPresent(m -> new DatabaseSwap(session, steps, target, target).finish(m));
  }

  /** New databases that restores made and were cut off from; the target is opened first. */
  private void dropLeftovers() {
    for (DatabaseRow left : found.made()) {
      new DatabaseSwap(session, steps, target, left.name()).undo();
      steps.run("drop", () -> DatabaseMaker.drop(session, left.name()));
    }
    for (DatabaseRow left : found.begun()) {
      steps.run("drop", () -> DatabaseMaker.drop(session, left.name()));
    }
  }

  private void fill(String database) {
    steps.run(
        "fill",
        () -> {
          DumpFill.Result result = fillOnce(database);
          if (!result.succeeded() && !withoutOwners && FillFailure.lacksRole(result)) {
            withoutOwners = true;
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
        withoutOwners,
        progress,
        cancellation);
  }

  /** Does {@code work}; where it fails, mends with a session that no cancellation ends. */
  private void orElse(Consumer<ServerSession> mend, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException failure) {
      try (ServerSession other = ServerSession.maintenance(plan.target(), new Cancellation())) {
        mend.accept(other);
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
