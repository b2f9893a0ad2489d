package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Jobs that are no backups: none of them is in this version, and it says so. */
@Path("/api/v1/jobs{rest: (/.*)?}")
@RolesAllowed(Role.VIEWER)
public class JobsResource {

  @GET
  @Operation(hidden = true)
  public void get() {
    throw later();
  }

  @POST
  @RolesAllowed(Role.OPERATOR)
  @Operation(hidden = true)
  public void post() {
    throw later();
  }

  private static Problem later() {
    return new Problem(Kind.NOT_SUPPORTED, "this version has no jobs besides backups yet");
  }
}
