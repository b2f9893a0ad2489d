package io.parsecbackup.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before a PostgreSQL server and, as a pooler does, gives its clients a process id and a key
 * of its own. Keeps the statements that clients send. Speaks PostgreSQL's protocol 3.0, without TLS
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
public final class FakePooler implements AutoCloseable {

  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int FAKE_PID = 1_234_567_890;

  private final ServerSocket listener;
  private final int server;
  private final List<String> statements = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private FakePooler(int server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** One before a server's port on this machine. */
  public static FakePooler before(int server) {
    try {
      return new FakePooler(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** What clients have sent to be parsed or executed, in order. */
  public List<String> statements() {
    return List.copyOf(statements);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(client);
        open.add(behind);
        Thread.ofVirtual().start(() -> fromClient(client, behind));
        Thread.ofVirtual().start(() -> fromServer(behind, client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void fromClient(Socket client, Socket behind) {
    try (client;
        behind) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(behind.getOutputStream());
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
        out.writeByte(type);
        out.writeInt(body.length + 4);
        out.write(body);
      }
    } catch (IOException ended) {
      // Either side has gone.
    }
  }

  private static void fromServer(Socket behind, Socket client) {
    try (behind;
        client) {
      DataInputStream in = new DataInputStream(behind.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      while (true) {
        int type = in.readUnsignedByte();
        byte[] body = in.readNBytes(in.readInt() - 4);
        if (type == 'K') {
          ByteBuffer.wrap(body).putInt(FAKE_PID);
        }
        out.writeByte(type);
        out.writeInt(body.length + 4);
        out.write(body);
      }
    } catch (IOException ended) {
      // Either side has gone.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
