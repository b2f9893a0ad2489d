package io.parsecbackup.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The servers that a program copies from and restores to. */
final class Servers {

  private final Map<String, String> stack;
  private final Optional<Nginx> nginx;

  private Servers(Map<String, String> stack, Optional<Nginx> nginx) {
    this.stack = stack;
    this.nginx = nginx;
  }

  /** Only the S3 server of the stack. */
  static Servers ofStack(Workplace workplace) {
    return new Servers(workplace.stack().environment(), Optional.empty());
  }

  /** Copies are from nginx, which sends the files of a copy that {@code program} makes here. */
  static Servers withNginx(Workplace workplace, Program program) throws Exception {
    Map<String, String> stack = workplace.stack().environment();
    Path copy = workplace.folder().resolve("source");
    program.copy(new Program.Run(workplace.folder().resolve("log"), stack, copy));
    return new Servers(
        stack,
        Optional.of(
            Nginx.start(
                workplace.folder().resolve("nginx"),
                program.objects(copy),
                URI.create(String.valueOf(stack.get("STACK_S3_ENDPOINT"))))));
  }

  /** The settings to copy from the bucket. */
  Map<String, String> source(boolean tls) {
    return nginx.map(server -> server.source(stack, tls)).orElse(stack);
  }

  /** The settings to write to another bucket. */
  Map<String, String> target() {
    return stack;
  }

  /** The requests for the bucket so far, if the server counts them. */
  Optional<Requests> requests() throws IOException {
    return nginx.isPresent() ? Optional.of(nginx.get().requests()) : Optional.empty();
  }
}
