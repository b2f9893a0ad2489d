package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.s3.S3Connection.Exchange;
import io.smallrye.mutiny.Multi;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionPoolsTest {

  private static final int REQUESTS = 200;
  private static final int AT_ONCE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void aRequestUsesAConnectionOfItsOwnEventLoop() throws Exception {
    try (FetchScenario scenario = new FetchScenario(folder);
        S3Connection connection =
            FetchScenario.CLIENTS.withSilence(PATIENCE).open(scenario.blockstore(), AT_ONCE)) {
      scenario.bucket.put("k", new byte[100]);
      Set<Object> connections = ConcurrentHashMap.newKeySet();
      List<Boolean> own =
          Multi.createFrom()
              .range(0, REQUESTS)
              .onItem()
              .transformToUni(request ->
                  connection.exchange(
                      () -> connection.requests().get("k", ""),
                      exchange ->
                          exchange
                              .send()
                              .compose(response -> connection.wholeBody(response, exchange, 100))
                              .map(body -> {
                                connections.add(exchange.request().connection());
                                return isOwn(exchange);
                              })))
              .merge(AT_ONCE)
              .collect()
              .asList()
              .await()
              .atMost(PATIENCE);
      assertEquals(Collections.nCopies(REQUESTS, true), own);
      assertTrue(connections.size() <= 2 * AT_ONCE, connections.size() + " connections");
    }
  }

  private static boolean isOwn(Exchange exchange) {
    return ((ConnectionBase) exchange.request().connection()).channel().eventLoop()
        == ((ContextInternal) exchange.eventLoop()).nettyEventLoop();
  }
}
