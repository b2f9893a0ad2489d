package io.parsecbackup.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands in front of a PostgreSQL server and, like a pooler, gives its clients its own process ids
 * and keys. Records the statements that clients send. Speaks PostgreSQL's protocol 3.0, without TLS
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
public final class FakePooler implements AutoCloseable {

  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int FAKE_PID = 1_234_567_890;

  private final TcpRelay relay;
  private final List<String> statements = new CopyOnWriteArrayList<>();

  private FakePooler(int server) {
    this.relay = new TcpRelay(server, this::toServer, FakePooler::toClient);
  }

  /** A pooler in front of a server's port on this machine. */
  public static FakePooler before(int server) {
    return new FakePooler(server);
  }

  public int port() {
    return relay.port();
  }

  /** The statements that clients have sent to be parsed or executed, in order. */
  public List<String> statements() {
    return List.copyOf(statements);
  }

  private void toServer(Socket client, Socket server) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    DataOutputStream out = new DataOutputStream(server.getOutputStream());
    while (true) {
      byte[] body = in.readNBytes(in.readInt() - 4);
      int code = ByteBuffer.wrap(body).getInt();
      if (code == SSL_REQUEST || code == GSS_REQUEST) {
        client.getOutputStream().write('N');
        continue;
      }
      out.writeInt(body.length + 4);
      out.write(body);
      break;
    }
    while (true) {
      int type = in.readUnsignedByte();
      byte[] body = in.readNBytes(in.readInt() - 4);
      if (type == 'Q' || type == 'P') {
        String[] texts = new String(body, StandardCharsets.UTF_8).split("\0", -1);
        statements.add(texts[type == 'Q' ? 0 : 1]);
      }
      send(out, type, body);
    }
  }

  private static void toClient(Socket server, Socket client) throws IOException {
    DataInputStream in = new DataInputStream(server.getInputStream());
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    while (true) {
      int type = in.readUnsignedByte();
      byte[] body = in.readNBytes(in.readInt() - 4);
      if (type == 'K') {
        ByteBuffer.wrap(body).putInt(FAKE_PID);
      }
      send(out, type, body);
    }
  }

  private static void send(DataOutputStream out, int type, byte[] body) throws IOException {
    out.writeByte(type);
    out.writeInt(body.length + 4);
    out.write(body);
  }

  @Override
  public void close() {
    relay.close();
  }
}
