package io.parsecbackup.testing;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * This JVM's class path in a form from which JVMs can share classes: an archive of parsed and
 * verified classes accepts only jars, so each folder becomes a jar. Each process that a test kills
 * spends most of its time loading classes. All test processes of a build use the same archive,
 * which takes as long to make as eight such processes save.
 */
final class SharedClassPath {

  /** It loads what the other victims load, and more. */
  private static final Class<?> EXAMPLE = KillableBackup.class;

  private static final String QUARKUS_INDEX = "test-classes.idx";

  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private final Path archive;
  private final String jars;
  private Optional<Path> list = Optional.empty();

  private static Optional<SharedClassPath> made = Optional.empty();

  private SharedClassPath() throws IOException {
    String classPath = System.getProperty("java.class.path");
    Path folder = TARGET.resolve("shared-" + Integer.toHexString(key(classPath)));
    this.archive = folder.resolve("classes.jsa");
    this.jars = jars(classPath, folder);
  }

  /**
   * Options for a start of {@code main}: class path, and the archive once there is one. The first
   * start of the example lists the classes that it loads; the second creates the archive from that
   * list.
   */
  static synchronized List<String> options(Class<?> main) throws IOException, InterruptedException {
    // One of the test processes makes each file, and the others wait.
    try (FileChannel channel = FileChannel.open(TARGET.resolve("shared.lock"), CREATE, WRITE);
        FileLock held = channel.lock()) {
      if (!held.isValid()) {
        throw new IOException("no lock");
      }
      if (made.isEmpty()) {
        made = Optional.of(new SharedClassPath());
      }
      return made.get().optionsFor(main);
    }
  }

  private List<String> optionsFor(Class<?> main) throws IOException, InterruptedException {
    if (!Files.exists(archive) && main.equals(EXAMPLE)) {
      if (list.isEmpty()) {
        Path classes = Files.createTempFile(archive.getParent(), "classes", ".list");
        list = Optional.of(classes);
        return List.of("-XX:DumpLoadedClassList=" + classes, "-cp", jars);
      }
      make(list.get());
    }
    return List.of(
        "-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:disable", "-cp", jars);
  }

  private void make(Path classes) throws IOException, InterruptedException {
    // The process was killed while it wrote the list: the last line may be incomplete.
    List<String> lines = Files.readAllLines(classes);
    Files.write(classes, lines.subList(0, Math.max(0, lines.size() - 1)));
    Path making = archive.resolveSibling("making.jsa");
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:dump",
            "-Xlog:disable",
            "-XX:SharedClassListFile=" + classes,
            "-XX:SharedArchiveFile=" + making,
            "-cp",
            jars)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    Files.move(making, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Changes if a class in a folder of the class path changes. */
  static int key(String classPath) throws IOException {
    List<Object> facts = new ArrayList<>(List.of(System.getProperty("java.vm.version")));
    for (String entry : classPath.split(File.pathSeparator)) {
      facts.add(entry);
      if (Files.isDirectory(Path.of(entry))) {
        for (Path file : files(Path.of(entry))) {
          facts.addAll(List.of(file, Files.size(file), Files.getLastModifiedTime(file)));
        }
      }
    }
    return facts.hashCode();
  }

  private static String jars(String classPath, Path folder) throws IOException {
    boolean exists = Files.exists(folder);
    if (!exists) {
      removeOthers();
    }
    Path making = exists ? folder : Files.createTempDirectory(TARGET, "making");
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        String jar = entries.size() + "-" + path.getFileName() + ".jar";
        if (!exists) {
          write(path, making.resolve(jar));
        }
        entries.add(folder.resolve(jar).toString());
      } else {
        entries.add(entry);
      }
    }
    if (!exists) {
      Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
    }
    return String.join(File.pathSeparator, entries);
  }

  /** Those of earlier builds. */
  private static void removeOthers() throws IOException {
    try (Stream<Path> all = Files.list(TARGET)) {
      all.filter(
              path -> Files.isDirectory(path) && path.getFileName().toString().matches("shared-.*"))
          .forEach(Folders::delete);
    }
  }

  private static void write(Path folder, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : files(folder)) {
        zip.putNextEntry(new ZipEntry(folder.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, zip);
        zip.closeEntry();
      }
    }
  }

  /**
   * The files of a folder of classes, in order. Leaves out the index that a Quarkus test in another
   * process of the build writes there and removes at any time, also during this walk.
   */
  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!file.endsWith(QUARKUS_INDEX)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.endsWith(QUARKUS_INDEX)) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    files.sort(null);
    return files;
  }
}
