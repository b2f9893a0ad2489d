package io.parsecbackup.api.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

/** An invalid call; the message says why. */
public final class BadRequest extends WebApplicationException {

  public BadRequest(String detail) {
    super(detail, Response.Status.BAD_REQUEST);
  }
}
