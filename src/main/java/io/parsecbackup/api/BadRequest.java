package io.parsecbackup.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

/** A call that cannot be understood; its message says why. */
final class BadRequest extends WebApplicationException {

  BadRequest(String detail) {
    super(detail, Response.Status.BAD_REQUEST);
  }
}
