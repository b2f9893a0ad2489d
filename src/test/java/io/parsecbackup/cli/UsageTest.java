package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.backup.UnsupportedSettings;
import io.parsecbackup.cli.settings.ScheduleCheck;
import io.parsecbackup.cli.settings.StartupCheck;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DumpConfig;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.EncryptionConfig;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.VerifyConfig;
import io.parsecbackup.retention.RetentionConfig;
import io.parsecbackup.retention.RetentionSettings;
import io.parsecbackup.schedule.ScheduledKinds;
import io.parsecbackup.testing.PlainCore;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Wrong arguments and settings, without starting the program: the same parser, configuration and
 * checks in this JVM. {@link UsageIT} shows for one case of each kind that the packaged program
 * does the same.
 */
class UsageTest {

  private static final String DB = "postgresql://parsec:S3CRET-db@127.0.0.1:1/parsec";
  private static final String BUCKET = "s3:http\\://127.0.0.1\\:1:r:bucket:key:S3CRET-key";

  @TempDir Path folder;

  private record Ended(int exitCode, String stdout, String stderr) {
    String all() {
      return stdout + stderr;
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PARSEC_DB", DB);
    environment.put("PARSEC_BLOCKSTORE", BUCKET);
    environment.put("PARSEC_BACKUP_REPOSITORY", folder.resolve("repository").toString());
    return environment;
  }

  /** Reads the settings as Quarkus does, and then runs the command. */
  private static Ended run(Map<String, String> environment, String... arguments) {
    StartupCheck check;
    try {
      check = check(environment);
    } catch (ConfigValidationException | Problem refused) {
      StartFailure failure = StartFailure.of(refused);
      return new Ended(new Problem(failure.kind(), failure.text()).exitCode(), "", failure.text());
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        ParsecBackup.commandLine(new Factory(check), arguments)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Ended(exitCode, out.toString(), err.toString());
  }

  /** The check of these settings. */
  static StartupCheck check(Map<String, String> environment) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(BackupConfig.class)
            .withMapping(DumpConfig.class)
            .withMapping(EncryptionConfig.class)
            .withMapping(TransferConfig.class)
            .withMapping(VerifyConfig.class)
            .withMapping(DrillConfig.class)
            .withMapping(RetentionConfig.class)
            .withMapping(CopyConfig.class)
            .withSources(new EnvConfigSource(environment, 300))
            .withValidateUnknown(false)
            .build();
    BackupConfig backup = config.getConfigMapping(BackupConfig.class);
    return new StartupCheck(
        new UnsupportedSettings(config),
        new SourceSettings(config),
        new RepositorySettings(backup, PlainCore.storages()),
        new DatabaseDumper(
            config.getConfigMapping(DumpConfig.class),
            new InstalledPgTools(Optional.empty()),
            new Encryption(config.getConfigMapping(EncryptionConfig.class))),
        new CopySettings(
            new RepositorySettings(backup, PlainCore.storages()),
            new SourceSettings(config),
            backup),
        new ScheduleCheck(backup, ScheduledKinds.of(config)),
        new RetentionSettings(config.getConfigMapping(RetentionConfig.class), backup));
  }

  /** Creates commands with nothing but the check of the settings: none gets further than that. */
  private record Factory(StartupCheck check) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      Constructor<?> constructor = type.getDeclaredConstructors()[0];
      if (constructor.getParameterCount() == 0) {
        return CommandLine.defaultFactory().create(type);
      }
      Object[] arguments =
          Arrays.stream(constructor.getParameterTypes())
              .map(parameter -> parameter == StartupCheck.class ? check : null)
              .toArray();
      return type.cast(constructor.newInstance(arguments));
    }
  }

  private static void assertRefused(Ended run, String... words) {
    assertEquals(2, run.exitCode(), run.all());
    assertFalse(run.all().contains("S3CRET"), run.all());
    for (String word : words) {
      assertTrue(run.all().contains(word), word + " is not in: " + run.all());
    }
  }

  @Test
  void printsWrongUsageAsOneJsonDocument() throws Exception {
    Ended run = run(environment(), "list", "--nonsense", "--json");
    assertRefused(run, "--nonsense");
    assertEquals(
        "configuration",
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(run.stdout())
            .path("problem")
            .asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "backup", "restore"})
  void printsTheHelpOfEveryCommand(String command) {
    Ended run = command.isEmpty() ? run(Map.of(), "--help") : run(Map.of(), command, "--help");
    assertEquals(0, run.exitCode(), run.all());
    assertTrue(run.stdout().startsWith("Usage: parsec-backup"), run.all());
    assertEquals("", run.stderr());
    assertTrue(command.isEmpty() || run.stdout().contains("--json"), run.stdout());
  }

  @ParameterizedTest
  @ValueSource(strings = {"back", "--nonsense", "backup --nonsense", "serve --nonsense", "list x"})
  void refusesUnknownArguments(String arguments) {
    Ended run = run(environment(), arguments.split(" "));
    assertRefused(run);
    assertEquals("", run.stdout());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "restore --databse=postgresql://parsec:S3CRET@127.0.0.1/parsec",
        "restore --blockstor s3:http\\://127.0.0.1\\:1:r:b:k:S3CRET"
      })
  void repeatsNoSecretOfAMistypedArgument(String arguments) {
    assertRefused(run(environment(), arguments.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PARSEC_DB", "PARSEC_BLOCKSTORE", "PARSEC_BACKUP_REPOSITORY"})
  void namesTheSettingThatIsMissing(String key) {
    Map<String, String> environment = environment();
    environment.remove(key);
    assertRefused(run(environment, "backup"), key, "is not set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PARSEC_DB|mysql://u:S3CRET@h/d|PARSEC_DB|postgresql://",
        "PARSEC_BLOCKSTORE|s3:e:r:S3CRET|PARSEC_BLOCKSTORE|5",
        "PARSEC_BLOCKSTORE|MOCKED|PARSEC_BLOCKSTORE|memory",
        "PARSEC_BLOCKSTORE|swift:http\\://a:t:c:u:S3CRET|PARSEC_BLOCKSTORE|Swift",
        "PARSEC_BLOCKSTORE|RAID1:0:s3::r:b:k:S3CRET RAID1:1:POSTGRESQL|RAID1|not supported",
        "PARSEC_BACKUP_REPOSITORY|s3:e:r:b:k:S3CRET:x|parsec.backup.repository|s3:",
        "PARSEC_BACKUP_REPOSITORY|https://u:S3CRET@h/|parsec.backup.repository|path",
        "PARSEC_BACKUP_SYNC_STRATEGY|all|parsec.backup.sync.strategy|listing",
        "PARSEC_BACKUP_SYNC_LISTING_EVERY|often|parsec.backup.sync.listing-every|often",
        "PARSEC_BACKUP_SYNC_CONCURRENCY|many|parsec.backup.sync.concurrency|from 1 to 1000",
        "PARSEC_BACKUP_SYNC_CONCURRENCY|0|parsec.backup.sync.concurrency|from 1 to 1000",
        "PARSEC_BACKUP_REPOSITORY|$DATA/backups|parsec.backup.repository|$DATA",
        "PARSEC_BACKUP_DUMP_COMPRESSION|rar|parsec.backup.dump.compression|zstd",
        "PARSEC_BACKUP_NOTIFY_PING_URL|https://x.example.com|PARSEC_BACKUP_NOTIFY_PING_URL|does not support",
        "PARSEC_BACKUP_SCHEDULE|sometimes|parsec.backup.schedule|",
        "PARSEC_BACKUP_TIME_ZONE|Mars|Europe/Paris|",
      })
  void namesTheInvalidSettingAndTheExpectedValue(
      String key, String value, String named, String expected) {
    Map<String, String> environment = environment();
    environment.put(key, value);
    Ended run = run(environment, "backup");
    assertRefused(run, named, expected == null ? "" : expected);
    assertEquals("", run.stdout());
    assertFalse(Files.exists(folder.resolve("repository")), "nothing may be created");
  }
}
