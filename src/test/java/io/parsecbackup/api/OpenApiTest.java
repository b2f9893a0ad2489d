package io.parsecbackup.api;

import static io.parsecbackup.testing.Sidecar.viewer;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class OpenApiTest {

  /** Does not compare the texts: each build orders the fields of a schema differently. */
  @Test
  void documentsAllResources() throws Exception {
    JsonNode committed = new YAMLMapper().readTree(Path.of("docs", "openapi.yaml").toFile());
    JsonNode served =
        new ObjectMapper()
            .readTree(
                viewer().get("/q/openapi?format=json").then().statusCode(200).extract().asString());

    assertEquals(
        committed,
        served,
        "docs/openapi.yaml is out of date: cp target/openapi/openapi.yaml docs/");
  }
}
