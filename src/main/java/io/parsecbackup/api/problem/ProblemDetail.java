package io.parsecbackup.api.problem;

import io.parsecbackup.Problem;
import io.parsecbackup.job.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The body of an error response, see RFC 9457.
 *
 * @param type always {@code about:blank}
 * @param kind the same word that the command line prints
 */
@RegisterForReflection
@Schema(name = "Problem", description = "An error, see RFC 9457.")
public record ProblemDetail(
    @Schema(description = "Always about:blank.") String type,
    @Schema(description = "The status in words.", examples = "Conflict") String title,
    @Schema(description = "The HTTP status.", examples = "409") int status,
    @Schema(
            description = "What happened, to what, and what to do. Contains no secret.",
            examples =
                "backup 20261122T020000Z is running. Wait until it has ended, or cancel it; nothing"
                    + " was changed")
        String detail,
    @Schema(
            description =
                "A word that programs can rely on: token, request, not-found, held, not-running,"
                    + " not-supported, configuration, repository, undecided, space, database,"
                    + " object-store, cancelled, internal.",
            examples = "held")
        String kind) {

  /** The media type of error bodies. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public static ProblemDetail of(int status, String detail, String kind) {
    Response.Status known = Response.Status.fromStatusCode(status);
    String title = known == null ? "Error" : known.getReasonPhrase();
    return new ProblemDetail("about:blank", title, status, detail, kind);
  }

  /** The document for a problem, with the status for its kind. */
  public static ProblemDetail of(Problem problem) {
    int status =
        switch (problem.kind()) {
          case NOT_FOUND -> 404;
          case HELD -> 409;
          case NOT_SUPPORTED -> 501;
          case CANCELLED -> 503;
          case SPACE -> 507;
          case DATABASE, OBJECT_STORE -> 502;
          case CONFIGURATION, REPOSITORY, UNDECIDED, INTERNAL -> 500;
        };
    return of(
        status,
        String.valueOf(problem.getMessage()),
        problem.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  /** For a call without a valid token. */
  public static ProblemDetail unauthorized() {
    return of(
        401,
        "this call needs the header Authorization: Bearer … with the token of"
            + " parsec.backup.api.token or …token-file. While none is set, every call is refused",
        "token");
  }

  /** For a client with too many invalid tokens. */
  public static ProblemDetail tooManyFailures() {
    return of(
        429,
        "too many calls with an invalid token from this address. Wait a minute, or use a valid"
            + " token, which is never refused",
        "token");
  }

  public Response response() {
    return Response.status(status).type(MEDIA_TYPE).entity(this).build();
  }

  /** Sends this as the answer to a request that reaches no REST resource. */
  public void send(HttpServerResponse response) {
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
        .end(Json.of(this).toString());
  }
}
