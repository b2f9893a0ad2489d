package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The health of one party.
 *
 * @param state {@code ok}, {@code note}: it works, but the operator should know something, or
 *     {@code failed}
 * @param detail what was found, and how to fix what is wrong
 * @param problem what is wrong
 */
public record CheckResult(String party, String state, String detail, Optional<Problem> problem) {

  private static final Logger LOG = Logger.getLogger(CheckResult.class);

  public static CheckResult ok(String party, String detail) {
    return new CheckResult(party, "ok", detail, Optional.empty());
  }

  public static CheckResult note(String party, String detail) {
    return new CheckResult(party, "note", detail, Optional.empty());
  }

  public static CheckResult failed(String party, Problem problem) {
    return new CheckResult(
        party, "failed", String.valueOf(problem.getMessage()), Optional.of(problem));
  }

  /** The party is ok with the detail that {@code check} returns, or failed with what it throws. */
  static CheckResult examine(String party, Supplier<String> check) {
    try {
      return ok(party, check.get());
    } catch (Problem e) {
      return failed(party, e);
    } catch (RuntimeException e) {
      LOG.error("internal error", e);
      return failed(
          party,
          new Problem(
              Problem.Kind.INTERNAL,
              "internal error: " + e + ". Please report it with the log",
              e));
    }
  }

  public boolean isWell() {
    return problem.isEmpty();
  }

  /** As the JSON answer shows it. */
  public Line line() {
    return new Line(party, state, detail);
  }

  /** One check in the doctor's JSON answer. */
  @RegisterForReflection
  public record Line(String check, String state, String detail) {}
}
