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

/** The one place where failures become answers. */
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
    // A 405 has to say what is allowed instead.
    Object allow = failure.getResponse().getHeaders().getFirst(HttpHeaders.ALLOW);
    if (allow != null) {
      answer.getHeaders().putSingle(HttpHeaders.ALLOW, allow);
    }
    return answer;
  }

  private static String detail(WebApplicationException failure, int status) {
    return switch (status) {
      case 404 -> "there is nothing under this path";
      case 405 -> "this path does not take that method";
      case 406 -> "this path cannot answer in any of the media types of the Accept header";
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
    return ProblemDetail.of(403, "this token may read, and start nothing", "token").response();
  }

  @ServerExceptionMapper
  Response of(UncheckedIOException failure) {
    return of(RepositoryProblem.unreadable(failure));
  }

  /** Reads of the repository have said so themselves: here it is the caller's connection. */
  @ServerExceptionMapper({IOException.class, HttpClosedException.class})
  Response ofConnection(Exception failure) {
    LOG.debugf("a caller went away before its call was read or answered: %s", failure);
    return ProblemDetail.of(400, "the call broke off before its end", "request").response();
  }

  @ServerExceptionMapper
  Response of(Exception fault) {
    LOG.error("a fault of this program", fault);
    return ProblemDetail.of(500, "a fault of this program; its log says more", "internal")
        .response();
  }
}
