package io.parsecbackup.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.parsecbackup.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads manifests as Kubernetes does, but refuses unknown fields. */
final class Manifests {

  static final Path FOLDER = Path.of("deploy", "kubernetes");

  static final String IMAGE = "parsec-backup";

  static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(new RefuseUnknownFields());

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "v1/ConfigMap", ConfigMap.class,
          "v1/Secret", Secret.class,
          "v1/ServiceAccount", ServiceAccount.class,
          "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
          "apps/v1/Deployment", Deployment.class,
          "batch/v1/CronJob", CronJob.class,
          "batch/v1/Job", Job.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
          "monitoring.coreos.com/v1/PodMonitor", PodMonitor.class);

  private Manifests() {}

  /** The model stores unknown fields in a map; here they are an error. */
  private static final class RefuseUnknownFields extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated member) {
      return false;
    }
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  /** Whether kustomize reads the file, and not the cluster. */
  static boolean isForKustomize(Path file) throws IOException {
    JsonNode document = YAML.readTree(file.toFile());
    return document.isArray()
        || document.has("$patch")
        || document.path("apiVersion").asText().startsWith("kustomize.config.k8s.io/");
  }

  /**
   * One manifest, as a cluster reads it.
   *
   * @throws IOException if it has a field that its kind does not have
   */
  static HasMetadata read(String text) throws IOException {
    JsonNode document = YAML.readTree(text);
    String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
    Class<? extends HasMetadata> model = KINDS.get(kind);
    if (model == null) {
      throw new IOException("no model for " + kind);
    }
    return YAML.treeToValue(document, model);
  }

  static List<HasMetadata> all() throws IOException {
    List<HasMetadata> all = new ArrayList<>();
    for (Path file : files()) {
      if (!isForKustomize(file)) {
        all.add(read(Files.readString(file)));
      }
    }
    return all;
  }

  static <T extends HasMetadata> List<T> all(Class<T> kind) throws IOException {
    return all().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** What kustomize makes of a folder. */
  static List<HasMetadata> kustomize(Path folder) throws Exception {
    Tool kustomize = new Tool("kustomize");
    String built =
        kustomize.isInstalled()
            ? kustomize.run("build", folder.toString())
            : new Tool("kubectl").assumeInstalled().run("kustomize", folder.toString());
    List<HasMetadata> manifests = new ArrayList<>();
    for (String document : built.split("(?m)^---$")) {
      manifests.add(read(document));
    }
    return manifests;
  }

  static List<PodSpec> pods(List<HasMetadata> manifests) {
    List<PodSpec> pods = new ArrayList<>();
    for (HasMetadata one : manifests) {
      switch (one) {
        case Deployment deployment -> pods.add(deployment.getSpec().getTemplate().getSpec());
        case CronJob job ->
            pods.add(job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec());
        case Job job -> pods.add(job.getSpec().getTemplate().getSpec());
        default -> {}
      }
    }
    return pods;
  }

  static List<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()).toList();
  }

  /** The container with this program, with or without a tag of its image. */
  static Container ours(PodSpec pod) {
    return containers(pod).stream()
        .filter(container -> container.getImage().split(":", 2)[0].equals(IMAGE))
        .findFirst()
        .orElseThrow();
  }
}
