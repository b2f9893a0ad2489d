package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The account that starts PostgreSQL, whose server refuses to run as root. An ordinary user starts
 * it directly. Root first tries a user namespace in which it is nobody: root still owns the files,
 * and any folder works. If that is forbidden (in most containers), it becomes a user without
 * rights, who then owns the files.
 *
 * @param prefix the words before a command
 * @param owner the user who must own the server's files, if it is not the current one
 */
record PgAccount(List<String> prefix, OptionalInt owner) {

  /**
   * The user {@code nobody} of Debian and most other systems. Needs no entry in {@code
   * /etc/passwd}.
   */
  private static final int NOBODY = 65534;

  private static final PgAccount AS_IT_IS = new PgAccount(List.of(), OptionalInt.empty());

  private static final PgAccount NAMESPACE =
      new PgAccount(List.of("unshare", "--user"), OptionalInt.empty());

  private static final PgAccount NO_RIGHTS =
      new PgAccount(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"),
          OptionalInt.of(NOBODY));

  static PgAccount find() {
    return Stream.of(AS_IT_IS, NAMESPACE, NO_RIGHTS)
        .filter(PgAccount::serves)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "PostgreSQL refuses to run as root or as a user without a name, and unshare and"
                    + " setpriv (package util-linux) do not work here. Run this as an"
                    + " ordinary user."));
  }

  List<String> command(List<String> command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }

  /** Whether the server can enter this folder: another user cannot enter root's home. */
  boolean reaches(Path folder) {
    return answer(List.of("sh", "-c", "cd \"$1\" && pwd", "sh", folder.toString())).isPresent();
  }

  /** Makes the server's user the owner of a file or of an empty folder. */
  void own(Path path) {
    owner.ifPresent(uid -> {
      try {
        Files.setAttribute(path, "unix:uid", uid);
        Files.setAttribute(path, "unix:gid", uid);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /** Distinguishes files of different users in names; empty for the current user. */
  String suffix() {
    return owner.isPresent() ? "-" + owner.getAsInt() : "";
  }

  /** Whether the user is not root and has a name, which initdb requires. */
  private boolean serves() {
    return answer(List.of("sh", "-c", "id -un >&2 && id -u"))
        .filter(uid -> !uid.equals("0"))
        .isPresent();
  }

  private Optional<String> answer(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command(command))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(answer) : Optional.empty();
    } catch (IOException notThere) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
