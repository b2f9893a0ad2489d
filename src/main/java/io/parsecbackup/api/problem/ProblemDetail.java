package io.parsecbackup.api.problem;

import io.parsecbackup.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An error's body, as RFC 9457 has it.
 *
 * @param type {@code about:blank}: the title says it all
 * @param kind the same word that the command line gives
 */
@RegisterForReflection
@Schema(name = "Problem", description = "What went wrong, as RFC 9457 has it.")
public record ProblemDetail(
    @Schema(description = "Always about:blank: the title says it all.") String type,
    @Schema(description = "The status in words.", examples = "Conflict") String title,
    @Schema(description = "The HTTP status.", examples = "409") int status,
    @Schema(
            description = "What happened, to what, and what to do. Holds no secret.",
            examples = "backup 20261122T020000Z is running. Wait until it has ended, or cancel it")
        String detail,
    @Schema(
            description =
                "A word that programs can rely on: token, request, not-found, held, not-running,"
                    + " not-supported, configuration, repository, space, database, object-store,"
                    + " cancelled, internal.",
            examples = "held")
        String kind) {

  /** The media type of these bodies. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public static ProblemDetail of(int status, String detail, String kind) {
    Response.Status known = Response.Status.fromStatusCode(status);
    String title = known == null ? "Error" : known.getReasonPhrase();
    return new ProblemDetail("about:blank", title, status, detail, kind);
  }

  /** A problem with the status that stands for its kind. */
  public static ProblemDetail of(Problem problem) {
    int status =
        switch (problem.kind()) {
          case NOT_FOUND -> 404;
          case HELD -> 409;
          case NOT_SUPPORTED -> 501;
          case CANCELLED -> 503;
          case SPACE -> 507;
          case DATABASE, OBJECT_STORE -> 502;
          case CONFIGURATION, REPOSITORY, INTERNAL -> 500;
        };
    return of(
        status,
        String.valueOf(problem.getMessage()),
        problem.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  /** For a call without a token that counts. */
  public static ProblemDetail unauthorized() {
    return of(
        401,
        "this call needs a token: Authorization: Bearer …, as parsec.backup.api.token or"
            + " …token-file has it; while none is set, nobody may call",
        "token");
  }

  /** For a caller that has presented wrong tokens too often. */
  public static ProblemDetail tooManyFailures() {
    return of(
        429,
        "too many calls with a wrong token came from this address: wait a minute, or use the right"
            + " one, which is never refused",
        "token");
  }

  public Response response() {
    return Response.status(status).type(MEDIA_TYPE).entity(this).build();
  }
}
