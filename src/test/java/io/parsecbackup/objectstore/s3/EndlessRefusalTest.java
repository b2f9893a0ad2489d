package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server or proxy whose error response never ends. */
class EndlessRefusalTest {

  private static final String HEAD =
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 400000000000\r\n\r\n";

  @Test
  void isReadOnlyUpToALimit(@TempDir Path folder) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ExecutorService disk = Executors.newSingleThreadExecutor()) {
      Thread.ofVirtual().start(() -> refuse(server));
      Blockstore.S3 place =
          (Blockstore.S3)
              BlockstoreParser.parse(
                  "s3:http\\://127.0.0.1\\:%d:r:b:k:s".formatted(server.getLocalPort()));
      try (ObjectTransfer transfer =
          new HttpTransfer(
              FetchScenario.CLIENTS.open(place, 1), disk, Bandwidth.of(OptionalLong.empty()))) {
        TransferException refused =
            assertThrows(
                TransferException.class,
                () ->
                    transfer
                        .get("key", "", SizeLimit.UNKNOWN, FetchScenario.CLIENTS.bodies(folder))
                        .await()
                        .atMost(Duration.ofSeconds(20)));
        assertEquals(TransferException.Kind.NO_ACCESS, refused.kind());
      }
    }
  }

  private static void refuse(ServerSocket server) {
    byte[] more = new byte[64 << 10];
    try (Socket socket = server.accept();
        OutputStream out = socket.getOutputStream()) {
      out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write(more);
      }
    } catch (IOException gone) {
      // The client has read enough.
    }
  }
}
