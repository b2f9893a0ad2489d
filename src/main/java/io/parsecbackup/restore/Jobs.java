package io.parsecbackup.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.backup.Trigger;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The jobs that prove a backup: what came of them. This version starts none. */
@ApplicationScoped
public class Jobs {

  private static final Logger LOG = Logger.getLogger(Jobs.class);

  private final Backups backups;

  public Jobs(Backups backups) {
    this.backups = backups;
  }

  /** The newest of a kind, newest first, from the repository's {@code checks/}. */
  public List<JobResult> newest(JobKind kind, int most) throws IOException {
    List<JobResult> newest = new ArrayList<>();
    for (Path file : files()) {
      if (newest.size() >= most) {
        break;
      }
      read(file).filter(result -> result.kind().equals(kind.word())).ifPresent(newest::add);
    }
    return newest;
  }

  /** Their names begin with the time of the start. */
  private List<Path> files() throws IOException {
    Path checks = backups.place().resolve("checks");
    List<Path> files = new ArrayList<>();
    if (Files.exists(checks)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(checks, "*.json")) {
        entries.forEach(files::add);
      }
    }
    files.sort(Collections.reverseOrder());
    return files;
  }

  private static Optional<JobResult> read(Path file) throws IOException {
    try {
      return Optional.of(BackupJson.MAPPER.readValue(Files.readAllBytes(file), JobResult.class));
    } catch (JsonProcessingException e) {
      LOG.warnf("%s holds no result: %s", file, e.getOriginalMessage());
      return Optional.empty();
    }
  }

  /**
   * Starts to verify a backup, in the background.
   *
   * @throws Problem always
   */
  public String startVerification(String backup, Subset subset, Trigger trigger) {
    throw new Problem(Kind.NOT_SUPPORTED, "this version cannot verify backups yet");
  }

  /**
   * Starts to restore a backup as a trial, in the background.
   *
   * @throws Problem always
   */
  public String startDrill(String backup, Trigger trigger) {
    throw new Problem(Kind.NOT_SUPPORTED, "this version cannot make drills yet");
  }

  /** Whether one of this kind is going. */
  public boolean isRunning(JobKind kind) {
    return false;
  }

  /** Ends those that are going, for the service ends. */
  public void stop() {}
}
