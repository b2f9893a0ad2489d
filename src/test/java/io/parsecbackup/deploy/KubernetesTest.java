package io.parsecbackup.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.parsecbackup.cli.RootCommand;
import io.parsecbackup.testing.ProgramSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Kubernetes accepts the manifests; they match each other and the program. */
class KubernetesTest {

  @Test
  void everyFieldIsKnown() throws IOException {
    assertEquals(12, Manifests.all().size());
    String deployment = Files.readString(Manifests.FOLDER.resolve("base/deployment.yaml"));
    assertThrows(
        IOException.class,
        () -> Manifests.read(deployment.replace("livenessProbe:", "livelinessProbe:")));
  }

  @Test
  void ourContainerHasNoRights() throws IOException {
    for (PodSpec pod : pods()) {
      assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
      assertTrue(pod.getSecurityContext().getRunAsNonRoot());
      assertFalse(pod.getAutomountServiceAccountToken());
      assertNull(pod.getHostNetwork());
      for (Container container : Manifests.containers(pod)) {
        assertFalse(container.getSecurityContext().getAllowPrivilegeEscalation());
        assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
        assertTrue(container.getSecurityContext().getRunAsUser() > 0);
      }
      Container ours = Manifests.ours(pod);
      assertTrue(ours.getSecurityContext().getReadOnlyRootFilesystem());
      assertTrue(ours.getResources().getLimits().containsKey("memory"));
      assertEquals(
          List.of("/backups"), ours.getVolumeMounts().stream().map(m -> m.getMountPath()).toList());
    }
  }

  @Test
  void theSidecarHasOnlyStartupAndLivenessProbes() throws IOException {
    Deployment deployment = Manifests.all(Deployment.class).getFirst();
    Container sidecar = Manifests.ours(deployment.getSpec().getTemplate().getSpec());
    assertEquals("Always", sidecar.getRestartPolicy());
    assertNull(sidecar.getReadinessProbe());
    assertProbe("/q/health/started", sidecar.getStartupProbe());
    assertProbe("/q/health/live", sidecar.getLivenessProbe());
    assertEquals(8080, sidecar.getPorts().getFirst().getContainerPort());
    assertEquals("backup", sidecar.getPorts().getFirst().getName());
    assertTrue(
        deployment.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds() > 15);
  }

  private static void assertProbe(String path, Probe probe) {
    assertEquals(path, probe.getHttpGet().getPath());
    assertEquals("backup", probe.getHttpGet().getPort().getStrVal());
  }

  @Test
  void thePlainSidecarIsTheSameContainer(@TempDir Path folder) throws Exception {
    Path base = Manifests.FOLDER.toRealPath().resolve("base");
    Path component = base.resolveSibling("components").resolve("plain-sidecar");
    Path own = folder.toRealPath();
    Files.writeString(
        own.resolve("kustomization.yaml"),
        "resources: ['%s']\ncomponents: ['%s']\n"
            .formatted(own.relativize(base), own.relativize(component)));
    PodSpec plain = server(Manifests.kustomize(own));
    Container sidecar = server(Manifests.kustomize(base)).getInitContainers().getFirst();
    sidecar.setRestartPolicy(null);
    assertEquals(List.of(), plain.getInitContainers());
    assertEquals(sidecar, plain.getContainers().getLast());
  }

  @Test
  void jobsRunExistingCommands() throws IOException {
    Set<String> commands =
        RootCommand.COMMANDS.stream()
            .map(command -> command.getAnnotation(CommandLine.Command.class).name())
            .collect(Collectors.toSet());
    List<Container> once =
        pods().stream().map(Manifests::ours).filter(c -> !c.getArgs().isEmpty()).toList();
    assertEquals(5, once.size());
    once.forEach(container -> assertTrue(commands.contains(container.getArgs().getFirst())));
  }

  /** The plan must have as many parts as the Indexed Job has pods. */
  @Test
  void aBackupInPartsIsPlannedForAllPods() throws IOException {
    Map<String, JobSpec> jobs =
        Manifests.all(Job.class).stream()
            .collect(Collectors.toMap(job -> job.getMetadata().getName(), Job::getSpec));
    JobSpec parts = Objects.requireNonNull(jobs.get("parsec-backup-parts"));
    assertEquals("Indexed", parts.getCompletionMode());
    assertTrue(parts.getBackoffLimitPerIndex() > 0);
    assertEquals(List.of("backup", "--part", "$(JOB_COMPLETION_INDEX)"), arguments(parts));
    JobSpec plan = Objects.requireNonNull(jobs.get("parsec-backup-plan"));
    assertEquals(List.of("backup", "--plan", parts.getCompletions().toString()), arguments(plan));
    JobSpec join = Objects.requireNonNull(jobs.get("parsec-backup-join"));
    assertEquals(List.of("backup", "--join"), arguments(join));
    for (JobSpec later : List.of(parts, join)) {
      assertTrue(later.getSuspend(), "it waits for the step before");
    }
  }

  private static List<String> arguments(JobSpec job) {
    return Manifests.ours(job.getTemplate().getSpec()).getArgs();
  }

  @Test
  void eachVariableIsASettingOfTheProgram() throws IOException {
    Set<String> given = new TreeSet<>();
    for (ConfigMap map : Manifests.all(ConfigMap.class)) {
      given.addAll(map.getData().keySet());
    }
    for (Secret secret : Manifests.all(Secret.class)) {
      given.addAll(secret.getStringData().keySet());
    }
    assertTrue(given.containsAll(Set.of("PARSEC_DB", "PARSEC_BACKUP_REPOSITORY")), given::toString);
    given.removeAll(ProgramSettings.variables());
    assertEquals(Set.of(), given);
  }

  @Test
  void referencedObjectsExist() throws IOException {
    Set<String> there =
        Manifests.all().stream()
            .map(one -> one.getKind() + "/" + one.getMetadata().getName())
            .collect(Collectors.toSet());
    for (PodSpec pod : pods()) {
      List<String> named =
          new ArrayList<>(List.of("ServiceAccount/" + pod.getServiceAccountName()));
      pod.getVolumes()
          .forEach(volume ->
              named.add(
                  "PersistentVolumeClaim/" + volume.getPersistentVolumeClaim().getClaimName()));
      for (EnvFromSource source : Manifests.ours(pod).getEnvFrom()) {
        named.add(
            source.getSecretRef() != null
                ? "Secret/" + source.getSecretRef().getName()
                : "ConfigMap/" + source.getConfigMapRef().getName());
      }
      assertEquals(4, named.size());
      assertTrue(there.containsAll(named), () -> there + " does not contain all of " + named);
    }
    Map<String, String> labels =
        Manifests.all(Deployment.class)
            .getFirst()
            .getSpec()
            .getTemplate()
            .getMetadata()
            .getLabels();
    PodMonitor monitor = Manifests.all(PodMonitor.class).getFirst();
    assertEquals(labels, monitor.getSpec().getSelector().getMatchLabels());
    assertEquals("/q/metrics", monitor.getSpec().getPodMetricsEndpoints().getFirst().getPath());
    assertEquals("backup", monitor.getSpec().getPodMetricsEndpoints().getFirst().getPort());
    NetworkPolicy policy = Manifests.all(NetworkPolicy.class).getFirst();
    assertEquals(labels, policy.getSpec().getPodSelector().getMatchLabels());
    assertEquals(
        List.of(6777, 8080),
        policy.getSpec().getIngress().stream()
            .map(rule -> rule.getPorts().getFirst().getPort().getIntVal())
            .toList());
  }

  @Test
  void kustomizationsNameExistingFiles() throws IOException {
    Set<Path> used = new TreeSet<>();
    for (Path file : Manifests.files()) {
      if (!file.endsWith("kustomization.yaml")) {
        continue;
      }
      JsonNode document = Manifests.YAML.readTree(file.toFile());
      List<String> named = new ArrayList<>();
      for (String field : List.of("resources", "components")) {
        document.path(field).forEach(one -> named.add(one.asText()));
      }
      document.path("patches").forEach(patch -> named.add(patch.path("path").asText()));
      assertFalse(named.isEmpty(), file::toString);
      for (String name : named) {
        Path target = file.resolveSibling(name).normalize();
        used.add(Files.isDirectory(target) ? target.resolve("kustomization.yaml") : target);
        assertTrue(Files.exists(target), () -> file + " names " + name);
      }
      document
          .path("images")
          .forEach(image -> assertEquals(Manifests.IMAGE, image.path("name").asText()));
    }
    for (Path file : Manifests.files()) {
      assertTrue(
          file.endsWith("kustomization.yaml") || used.contains(file),
          () -> "no kustomization uses " + file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "overlays/cronjob", "overlays/restore", "overlays/parallel"})
  void kustomizeBuildsTheOverlays(String folder) throws Exception {
    assertFalse(Manifests.kustomize(Manifests.FOLDER.resolve(folder)).isEmpty());
  }

  private static PodSpec server(List<HasMetadata> manifests) {
    return manifests.stream()
        .filter(Deployment.class::isInstance)
        .map(one -> ((Deployment) one).getSpec().getTemplate().getSpec())
        .findFirst()
        .orElseThrow();
  }

  private static List<PodSpec> pods() throws IOException {
    List<PodSpec> pods = Manifests.pods(Manifests.all());
    assertEquals(6, pods.size());
    return pods;
  }
}
