package io.parsecbackup.api.problem;

import io.parsecbackup.Problem;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.http.HttpClosedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns exceptions into error responses. */
public final class ProblemMapper {

  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

  @ServerExceptionMapper
  Response of(Problem problem) {
    return ProblemDetail.of(problem).response();
  }

  @ServerExceptionMapper
  Response of(WebApplicationException failure) {
    int status = failure.getResponse().getStatus();
    Response answer =
        ProblemDetail.of(status, detail(failure, status), status < 500 ? "request" : "internal")
            .response();
    // RFC 9110 requires Allow in a 405.
    Object allow = failure.getResponse().getHeaders().getFirst(HttpHeaders.ALLOW);
    if (allow != null) {
      answer.getHeaders().putSingle(HttpHeaders.ALLOW, allow);
    }
    return answer;
  }

  private static String detail(WebApplicationException failure, int status) {
    return switch (status) {
      case 404 -> "this path does not exist";
      case 405 -> "this path does not support the method";
      case 406 -> "this path supports none of the media types of the Accept header";
      default -> String.valueOf(failure.getMessage());
    };
  }

  @ServerExceptionMapper
  Response of(UnauthorizedException failure) {
    Response answer = ProblemDetail.unauthorized().response();
    answer.getHeaders().putSingle(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    return answer;
  }

  @ServerExceptionMapper
  Response of(ForbiddenException failure) {
    return ProblemDetail.of(
            403,
            "this token may only read. Use the operator's token to start or cancel something",
            "token")
        .response();
  }

  @ServerExceptionMapper
  Response of(UncheckedIOException failure) {
    return of(RepositoryProblem.unreadable(failure));
  }

  /** Failed reads of the repository are mapped elsewhere: this is the connection to the client. */
  @ServerExceptionMapper({IOException.class, HttpClosedException.class})
  Response ofConnection(Exception failure) {
    LOG.debugf("a client disconnected before its call was read or answered: %s", failure);
    return ProblemDetail.of(400, "the connection closed before the call was complete", "request")
        .response();
  }

  @ServerExceptionMapper
  Response of(Exception fault) {
    LOG.error("internal error", fault);
    return ProblemDetail.of(500, "internal error; see the log", "internal").response();
  }
}
