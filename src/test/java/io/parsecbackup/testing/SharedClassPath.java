package io.parsecbackup.testing;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * This JVM's class path in a form from which JVMs can share classes: an archive of parsed and
 * verified classes accepts only jars, so each folder becomes a jar. Tests start and kill a hundred
 * processes, and each of them spends most of its time loading classes.
 */
final class SharedClassPath {

  private static final ConcurrentMap<Class<?>, SharedClassPath> ALL = new ConcurrentHashMap<>();
  private static final String JARS = jars();

  private final Path list;
  private final Path archive;

  private SharedClassPath(Class<?> main) {
    try {
      Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "shared");
      folder.toFile().deleteOnExit();
      this.list = folder.resolve(main.getSimpleName() + ".list");
      this.archive = folder.resolve(main.getSimpleName() + ".jsa");
      archive.toFile().deleteOnExit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Options for a start of {@code main}: class path, and the archive once there is one. The first
   * start lists the classes that it loads; the second creates the archive from that list.
   */
  static synchronized List<String> options(Class<?> main) throws IOException, InterruptedException {
    SharedClassPath shared = ALL.get(main);
    if (shared == null) {
      shared = new SharedClassPath(main);
      ALL.put(main, shared);
      return List.of("-XX:DumpLoadedClassList=" + shared.list, "-cp", JARS);
    }
    if (Files.exists(shared.list)) {
      shared.make();
    }
    return List.of(
        "-XX:SharedArchiveFile=" + shared.archive, "-Xshare:auto", "-Xlog:disable", "-cp", JARS);
  }

  private void make() throws IOException, InterruptedException {
    // The process was killed while it wrote the list: the last line may be incomplete.
    List<String> lines = Files.readAllLines(list);
    Files.write(list, lines.subList(0, Math.max(0, lines.size() - 1)));
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xshare:dump",
            "-Xlog:disable",
            "-XX:SharedClassListFile=" + list,
            "-XX:SharedArchiveFile=" + archive,
            "-cp",
            JARS)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    Files.delete(list);
  }

  private static String jars() {
    try {
      List<String> entries = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        Path path = Path.of(entry);
        entries.add(Files.isDirectory(path) ? jar(path).toString() : entry);
      }
      return String.join(File.pathSeparator, entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path jar(Path folder) throws IOException {
    Path jar =
        Files.createTempFile(
            Path.of("target").toAbsolutePath(), folder.getFileName().toString(), ".jar");
    jar.toFile().deleteOnExit();
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> all = Files.walk(folder)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(folder.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, zip);
        zip.closeEntry();
      }
    }
    return jar;
  }
}
