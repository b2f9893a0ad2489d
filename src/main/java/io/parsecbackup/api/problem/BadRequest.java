package io.parsecbackup.api.problem;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;

/** An invalid call; the message says why. */
public final class BadRequest extends WebApplicationException {

  public BadRequest(String detail) {
    super(detail, Response.Status.BAD_REQUEST);
  }

  /**
   * Does {@code work} whose settings come from the request only.
   *
   * @throws BadRequest in place of a problem of kind CONFIGURATION
   */
  public static <T> T ifWrong(Supplier<T> work) {
    try {
      return work.get();
    } catch (Problem e) {
      if (e.kind() == Kind.CONFIGURATION) {
        throw new BadRequest(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }
}
