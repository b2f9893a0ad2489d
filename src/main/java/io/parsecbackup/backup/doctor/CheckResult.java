package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The result of one check.
 *
 * @param state {@code ok}, {@code note}: it works, but the operator should know something, or
 *     {@code failed}
 * @param detail what was found, and how to fix it if it is wrong
 * @param problem what is wrong; empty unless {@code failed}
 */
public record CheckResult(String check, String state, String detail, Optional<Problem> problem) {

  private static final Logger LOG = Logger.getLogger(CheckResult.class);

  public static CheckResult ok(String check, String detail) {
    return new CheckResult(check, "ok", detail, Optional.empty());
  }

  public static CheckResult note(String check, String detail) {
    return new CheckResult(check, "note", detail, Optional.empty());
  }

  public static CheckResult failed(String check, Problem problem) {
    return new CheckResult(
        check, "failed", String.valueOf(problem.getMessage()), Optional.of(problem));
  }

  /**
   * Runs a check: ok with the detail that {@code question} returns, or failed with the problem that
   * it throws.
   */
  static CheckResult examine(String check, Supplier<String> question) {
    try {
      return ok(check, question.get());
    } catch (Problem e) {
      return failed(check, e);
    } catch (RuntimeException e) {
      LOG.error("internal error", e);
      return failed(
          check,
          new Problem(
              Problem.Kind.INTERNAL,
              "internal error: " + e + ". Please report it with the log",
              e));
    }
  }

  public boolean isHealthy() {
    return problem.isEmpty();
  }

  /** This result in the doctor's JSON answer. */
  public Line line() {
    return new Line(check, state, detail);
  }

  /** One check in the doctor's JSON answer. */
  @RegisterForReflection
  public record Line(String check, String state, String detail) {}
}
