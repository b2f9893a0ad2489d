package io.parsecbackup.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The bytes that a command and its children wrote to files, as strace saw it.
 *
 * @param bytes by the file's path; sockets, pipes and devices are not files here
 */
record WrittenFiles(Map<String, Long> bytes) {

  /** Every call that can put bytes into a file, except stores into a mapping. */
  private static final String CALLS =
      "write,writev,pwrite64,pwritev,pwritev2,sendfile,copy_file_range,splice,mmap";

  /** {@code write(7</tmp/file>, ""..., 8192) = 8192}; -y prints the path, -s 0 hides the bytes. */
  private static final Pattern WRITE =
      Pattern.compile("^(write|writev|pwrite64|pwritev|pwritev2)\\(\\d+<(/[^>]*)>.* = (\\d+)");

  /** The file that is written is the first argument, that of the last two calls the third. */
  private static final Pattern SEND = Pattern.compile("^sendfile\\(\\d+<(/[^>]*)>.* = (\\d+)");

  private static final Pattern COPY =
      Pattern.compile(
          "^(?:copy_file_range|splice)\\(\\d+<[^>]*>, [^,]*, \\d+<(/[^>]*)>.* = (\\d+)");

  /** A mapping that others can see: its whole length counts as written. */
  private static final Pattern MAPPING =
      Pattern.compile(
          "^mmap\\([^,]*, (\\d+), [A-Z_|]*PROT_WRITE[A-Z_|]*, [A-Z_|]*MAP_SHARED[A-Z_|]*,"
              + " \\d+<(/[^>]*)>");

  /** What precedes the command. Each thread's calls go to a file of its own in {@code traces}. */
  static List<String> command(Path traces) {
    return List.of(
        "strace",
        "-ff",
        "--seccomp-bpf",
        "-y",
        "-qq",
        "-s",
        "0",
        "-e",
        "trace=" + CALLS,
        "-e",
        "signal=none",
        "-o",
        traces.resolve("calls").toString());
  }

  static WrittenFiles read(Path traces) throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.list(traces)) {
      for (Path file : files.toList()) {
        // A path may have bytes that are no UTF-8.
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
          lines.forEach(line -> add(line, bytes));
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
      }
    }
    bytes.keySet().removeIf(path -> path.startsWith("/dev/") || path.startsWith("/proc/"));
    return new WrittenFiles(bytes);
  }

  private static void add(String line, Map<String, Long> bytes) {
    Matcher write = WRITE.matcher(line);
    Matcher send = SEND.matcher(line);
    Matcher copy = COPY.matcher(line);
    Matcher mapping = MAPPING.matcher(line);
    if (write.find()) {
      bytes.merge(write.group(2), Long.parseLong(write.group(3)), Long::sum);
    } else if (send.find()) {
      bytes.merge(send.group(1), Long.parseLong(send.group(2)), Long::sum);
    } else if (copy.find()) {
      bytes.merge(copy.group(1), Long.parseLong(copy.group(2)), Long::sum);
    } else if (mapping.find()) {
      bytes.merge(mapping.group(2), Long.parseLong(mapping.group(1)), Long::sum);
    }
  }

  /** The files and their bytes; paths in {@code folder} without it. */
  Table table(Path folder) {
    Table table = new Table("file", "bytes written");
    bytes.forEach((path, written) ->
        table.add(path.replace(folder + "/", ""), String.format(Locale.ROOT, "%,d", written)));
    table.add(
        "all " + bytes.size() + " files",
        String.format(
            Locale.ROOT, "%,d", bytes.values().stream().mapToLong(Long::longValue).sum()));
    return table;
  }
}
