package io.parsecbackup.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that a forge and its bots read have the required form. */
class ProjectFilesTest {

  private static final Path GITHUB = Path.of(".github");
  private static final Set<String> ELEMENTS =
      Set.of("markdown", "textarea", "input", "dropdown", "checkboxes");

  @ParameterizedTest
  @ValueSource(strings = {"bug_report.yml", "feature_request.yml"})
  void issueFormsAreComplete(String name) throws IOException {
    JsonNode form = yaml("ISSUE_TEMPLATE/" + name);
    assertFalse(form.path("name").asText().isEmpty(), name);
    assertFalse(form.path("description").asText().isEmpty(), name);
    Set<String> ids = new HashSet<>();
    for (JsonNode element : form.path("body")) {
      String type = element.path("type").asText();
      assertTrue(ELEMENTS.contains(type), element::toString);
      if (type.equals("markdown")) {
        assertFalse(element.at("/attributes/value").asText().isEmpty(), element::toString);
      } else {
        assertTrue(ids.add(element.path("id").asText()), element::toString);
        assertFalse(element.at("/attributes/label").asText().isEmpty(), element::toString);
      }
    }
    assertTrue(ids.size() > 2, ids::toString);
  }

  @Test
  void issuesNeedAForm() throws IOException {
    assertFalse(yaml("ISSUE_TEMPLATE/config.yml").path("blank_issues_enabled").asBoolean(true));
  }

  /** Quarkus stays on the line that the POM is on, so both change together. */
  @Test
  void renovateKeepsToTheLineOfQuarkus() throws IOException {
    JsonNode renovate = new ObjectMapper().readTree(GITHUB.resolve("renovate.json").toFile());
    String version =
        Files.readString(Path.of("pom.xml"))
            .replaceAll("(?s).*<quarkus.version>(\\d+\\.\\d+)\\..*", "$1");
    assertEquals(
        "/^" + version.replace(".", "\\.") + "\\./",
        renovate.at("/packageRules/0/allowedVersions").asText());
  }

  private static JsonNode yaml(String file) throws IOException {
    return new YAMLMapper().readTree(GITHUB.resolve(file).toFile());
  }
}
