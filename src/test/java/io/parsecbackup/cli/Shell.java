package io.parsecbackup.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.parsecbackup.testing.PgDump;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Other programs with which an operator checks ours. */
final class Shell {

  private Shell() {}

  record Result(int exitCode, String output) {}

  static Result in(Path folder, String... command) throws IOException, InterruptedException {
    return with(folder, Map.of(), List.of(command));
  }

  /** Runs a program to its end, and merges its two outputs. */
  static Result with(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(new TreeMap<>(environment));
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** The result of a query, one line for each row. */
  static List<String> query(String uri, String sql) throws IOException, InterruptedException {
    Result rows = in(Path.of("."), "psql", "-XAt", "--dbname=" + uri, "--command=" + sql);
    if (rows.exitCode() != 0) {
      throw new IOException(rows.output());
    }
    return rows.output().lines().toList();
  }

  /** A database as SQL. */
  static String plainDump(String uri) throws IOException {
    return PgDump.text(uri);
  }
}
