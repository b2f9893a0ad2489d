package io.parsecbackup.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts a small stack for {@code @QuarkusTest}s, and configures the program for it. */
public final class SidecarStack implements QuarkusTestResourceLifecycleManager {

  /** How many blocks the database refers to. */
  public static final int BLOCKS = 50;

  private final Path folder = folder();
  private @Nullable Sidecar sidecar;

  @Override
  public Map<String, String> start() {
    ParsecStack stack = ParsecStack.start(ParsecData.Spec.of(BLOCKS, 2_000));
    FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint());
    sidecar = new Sidecar(stack, proxy, folder.resolve("repository"));
    Map<String, String> settings = new HashMap<>(stack.environment(proxy.endpoint().toString()));
    settings.put("parsec.backup.repository", sidecar.repository().toString());
    settings.put("parsec.backup.schedule", "off");
    settings.put("parsec.backup.copies", sidecar.copy().toString());
    settings.put("parsec.backup.copy.schedule", "off");
    // Every run then needs the bucket, and fails if the bucket fails.
    settings.put("parsec.backup.sync.strategy", "listing");
    settings.put("parsec.backup.api.token", Sidecar.TOKEN);
    settings.put("parsec.backup.api.viewer-token", Sidecar.VIEWER_TOKEN);
    settings.put(
        "parsec.backup.api.restore-targets",
        "@%s\n @%s env:NO_SUCH_VARIABLE"
            .formatted(sidecar.targetDatabase(), sidecar.targetBlockstore()));
    settings.put("quarkus.http.test-port", "0");
    return settings;
  }

  private static Path folder() {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      return Files.createTempDirectory(target, "sidecar-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(sidecar, new TestInjector.MatchesType(Sidecar.class));
  }

  @Override
  public void stop() {
    Sidecar started = sidecar;
    if (started != null) {
      started.proxy().close();
      started.stack().close();
      Folders.delete(folder);
    }
  }
}
