package io.parsecbackup.testing;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * The program under test as its callers see it, and its stores. {@link SidecarStack} injects it
 * into a field of this type in a {@code @QuarkusTest}.
 *
 * @param proxy on the way to the bucket
 * @param repository the configured folder, which the first backup creates
 */
public record Sidecar(ParsecStack stack, FaultyProxy proxy, Path repository) {

  public static final String TOKEN = "operator-token-4711";
  public static final String VIEWER_TOKEN = "viewer-token-0815";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A call with the token of the operator. */
  public static RequestSpecification operator() {
    return with(TOKEN);
  }

  /** A call with the token of the viewer. */
  public static RequestSpecification viewer() {
    return with(VIEWER_TOKEN);
  }

  /** A call with any token. */
  public static RequestSpecification with(String token) {
    return RestAssured.given().header("Authorization", "Bearer " + token);
  }

  /** The file that {@code api.restore-targets} lists for a database. */
  public Path targetDatabase() {
    return repository.resolveSibling("target-database");
  }

  /** The file that {@code api.restore-targets} lists for a block store. */
  public Path targetBlockstore() {
    return repository.resolveSibling("target-blockstore");
  }

  /** The configured copy of the repository. */
  public Path copy() {
    return repository.resolveSibling("copy");
  }

  /** Removes the repository, its copy and all faults of the bucket. */
  public void reset() {
    proxy.reset();
    Folders.delete(repository);
    Folders.delete(copy());
  }

  /** From now on requests for objects hang: a backup runs until it is cancelled. */
  public void holdObjects() {
    proxy.when(S3Request.Kind.GET_OBJECT, new Fault.Hang());
  }

  /** From now on the bucket refuses listings: a backup fails. */
  public void refuseListing() {
    proxy.when(S3Request.Kind.LIST, Fault.status(403));
  }

  /** Starts a backup; returns its id. */
  public static String start() {
    return operator().post("/api/v1/backups").then().statusCode(202).extract().path("id");
  }

  /** Waits until a backup has ended; returns its state. */
  public static String awaitEnd(String id) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !state(id).equals("running"));
    return state(id);
  }

  private static String state(String id) {
    return viewer().get("/api/v1/backups/" + id).then().statusCode(200).extract().path("state");
  }
}
