package io.parsecbackup.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.storage.BucketSetting;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.testing.ProgramSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The overlays for a repository in a bucket need no disk, and name places for the backups. */
class KubernetesBucketTest {

  private static List<HasMetadata> overlay(String name) throws Exception {
    return Manifests.kustomize(Manifests.FOLDER.resolve("overlays").resolve(name));
  }

  private static <T extends HasMetadata> T first(List<HasMetadata> manifests, Class<T> kind) {
    return manifests.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bucket", "bucket-cronjob", "bucket-restore", "bucket-parallel"})
  void thereIsNoVolumeExceptScratch(String name) throws Exception {
    List<HasMetadata> built = overlay(name);
    assertTrue(built.stream().noneMatch(PersistentVolumeClaim.class::isInstance));
    Volume scratch =
        new VolumeBuilder().withName("scratch").withNewEmptyDir().endEmptyDir().build();
    for (PodSpec pod : Manifests.pods(built)) {
      assertEquals(List.of(scratch), pod.getVolumes());
      Container ours = Manifests.ours(pod);
      assertEquals(
          List.of("scratch:/scratch"),
          ours.getVolumeMounts().stream().map(m -> m.getName() + ":" + m.getMountPath()).toList());
      assertTrue(ours.getSecurityContext().getReadOnlyRootFilesystem());
      // So that the scheduler finds a node with space for a dump.
      assertTrue(ours.getResources().getRequests().containsKey("ephemeral-storage"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bucket", "bucket-cronjob", "bucket-parallel"})
  void theRepositoryAndItsCopyAreInBuckets(String name) throws Exception {
    List<HasMetadata> built = overlay(name);
    Map<String, String> open = first(built, ConfigMap.class).getData();
    Map<String, String> secret = first(built, Secret.class).getStringData();
    Set<String> given = new TreeSet<>(open.keySet());
    given.addAll(secret.keySet());
    given.removeAll(ProgramSettings.variables());
    assertEquals(Set.of(), given);

    assertFalse(open.containsKey("PARSEC_BACKUP_REPOSITORY"), "it has a secret");
    BucketSetting repository =
        bucket(
            secret.getOrDefault("PARSEC_BACKUP_REPOSITORY", ""),
            Optional.ofNullable(open.get("PARSEC_BACKUP_REPOSITORY_PREFIX")));
    assertEquals("parsec", repository.prefix());
    BucketSetting copy = bucket(secret.getOrDefault("PARSEC_BACKUP_COPIES", ""), Optional.empty());
    assertNotEquals(repository.store(), copy.store());
    assertEquals("/scratch", open.get("PARSEC_BACKUP_CACHE"));
    assertTrue(open.keySet().stream().anyMatch(key -> key.contains("_RETENTION_KEEP_")));
  }

  /** An example's public key would encrypt the backups for nobody who runs this program. */
  @ParameterizedTest
  @ValueSource(strings = {"bucket", "bucket-cronjob", "bucket-parallel"})
  void theProgramDoesNotStartWithTheExamplesRecipients(String name) throws Exception {
    String recipients =
        first(overlay(name), ConfigMap.class)
            .getData()
            .getOrDefault("PARSEC_BACKUP_ENCRYPTION_RECIPIENTS", "");
    Problem problem =
        assertThrows(
            Problem.class, () -> new Encryption(Optional.of(recipients), Optional.empty()));
    assertTrue(String.valueOf(problem.getMessage()).contains("'age1CHANGE-ME'"), problem::toString);
  }

  private static BucketSetting bucket(String place, Optional<String> prefix) {
    return BucketSetting.parse("the place", place, "the prefix", prefix);
  }
}
