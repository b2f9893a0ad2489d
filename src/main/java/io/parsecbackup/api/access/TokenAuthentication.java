package io.parsecbackup.api.access;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.parsecbackup.api.problem.ProblemDetail;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.security.spi.runtime.BlockingSecurityExecutor;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates bearer tokens for Quarkus Security. {@code application.properties} defines which
 * paths need a token; the resources define which role.
 */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {

  private static final String SCHEME = "Bearer ";
  private static final ChallengeData CHALLENGE =
      new ChallengeData(HttpResponseStatus.UNAUTHORIZED.code(), "WWW-Authenticate", "Bearer");

  /** Set on a call whose address has too many failures. */
  private static final String LIMITED = TokenAuthentication.class.getName() + ".limited";

  private final Tokens tokens;
  private final FailedLogins failures;
  private final BlockingSecurityExecutor worker;

  public TokenAuthentication(
      Tokens tokens, FailedLogins failures, BlockingSecurityExecutor worker) {
    this.tokens = tokens;
    this.failures = failures;
    this.worker = worker;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Uni.createFrom().nullItem();
    }
    String token = header.substring(SCHEME.length()).strip();
    if (token.isEmpty()) {
      return Uni.createFrom().nullItem();
    }
    // A token may be in a file, and reading a file must not block the event loop.
    return worker.executeBlocking(() -> {
      Set<String> roles = tokens.rolesOf(token);
      if (roles.isEmpty() && failures.isTooMany(address(context))) {
        context.put(LIMITED, true);
      }
      return identity(roles);
    });
  }

  private static String address(RoutingContext context) {
    SocketAddress remote = context.request().remoteAddress();
    return remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
  }

  private static @Nullable SecurityIdentity identity(Set<String> roles) {
    if (roles.isEmpty()) {
      return null;
    }
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(
            new QuarkusPrincipal(roles.contains(Role.OPERATOR) ? Role.OPERATOR : Role.VIEWER))
        .addRoles(roles)
        .build();
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().item(CHALLENGE);
  }

  /** Sends the same error document as all other errors: the 401 of Quarkus has no body. */
  @Override
  public Uni<Boolean> sendChallenge(RoutingContext context) {
    HttpServerResponse response = context.response();
    if (!response.ended()) {
      ProblemDetail problem = ProblemDetail.unauthorized();
      if (context.get(LIMITED) != null) {
        problem = ProblemDetail.tooManyFailures();
        response.putHeader(HttpHeaders.RETRY_AFTER, "" + FailedLogins.WINDOW_SECONDS);
      } else {
        response.putHeader("WWW-Authenticate", "Bearer");
      }
      problem.send(response);
    }
    return Uni.createFrom().item(true);
  }
}
