package io.parsecbackup.testing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Breaks an open file, so that its close fails, as on a network file system that went away. */
public final class BrokenDescriptor {

  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private static final Linker C = Linker.nativeLinker();

  /** Linux's flag for a descriptor that only names a file: no lock can be released through it. */
  private static final int O_PATH = 010000000;

  private BrokenDescriptor() {}

  /** Replaces this process's descriptor of {@code file}. Any lock on the file is gone then. */
  public static void of(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle open =
          C.downcallHandle(
              C.defaultLookup().findOrThrow("open"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
              Linker.Option.firstVariadicArg(2));
      MethodHandle dup2 =
          C.downcallHandle(
              C.defaultLookup().findOrThrow("dup2"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int broken = (int) open.invokeExact(arena.allocateFrom("/dev/null"), O_PATH);
      int replaced = (int) dup2.invokeExact(broken, descriptor(file.toRealPath()));
      if (broken < 0 || replaced < 0) {
        throw new IllegalStateException("no descriptor of " + file + " could be replaced");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static int descriptor(Path file) throws IOException {
    List<Path> all;
    try (Stream<Path> open = Files.list(OPEN_FILES)) {
      all = open.toList();
    }
    for (Path descriptor : all) {
      try {
        if (Files.readSymbolicLink(descriptor).equals(file)) {
          return Integer.parseInt(descriptor.getFileName().toString());
        }
      } catch (NoSuchFileException e) {
        // The one that listed them is closed.
        continue;
      }
    }
    throw new NoSuchFileException(file.toString());
  }
}
