package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The program's dependencies: the CycloneDX document that the build creates. */
class BillOfMaterialsTest {

  private static final Path BOM = Path.of("target", "bom.json");
  private static final Path LIST = Path.of("docs", "licenses.md");

  /** The licenses that permit distribution of the program under Apache-2.0. */
  private static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "MIT",
          "MIT-0",
          "Public Domain");

  private static JsonNode bom;

  @BeforeAll
  static void read() throws IOException {
    assumeTrue(
        Files.exists(BOM) || !"offline=true".equals(System.getProperty("build.mode")),
        "an offline build makes no bill of materials");
    bom = new ObjectMapper().readTree(BOM.toFile());
  }

  @Test
  void containsThePomsDependenciesAndNoneOfTheTests() throws Exception {
    String root = bom.path("metadata").path("component").path("bom-ref").asText();
    Set<String> direct = new TreeSet<>();
    for (JsonNode node : bom.path("dependencies")) {
      if (node.path("ref").asText().equals(root)) {
        node.path("dependsOn").forEach(on -> direct.add(coordinates(on.asText())));
      }
    }
    assertEquals(declared("compile"), direct);

    Set<String> all = new TreeSet<>();
    bom.path("components").forEach(one -> all.add(coordinates(one.path("purl").asText())));
    Set<String> tests = declared("test");
    assertFalse(tests.isEmpty());
    tests.retainAll(all);
    assertEquals(Set.of(), tests);
  }

  /** The pom's own dependencies of a scope, {@code group/artifact}. */
  private static Set<String> declared(String scope) throws Exception {
    Element project =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("pom.xml").toFile())
            .getDocumentElement();
    Set<String> found = new TreeSet<>();
    for (Element list : children(project, "dependencies")) {
      for (Element one : children(list, "dependency")) {
        if (text(one, "scope", "compile").equals(scope)) {
          found.add(text(one, "groupId", "") + "/" + text(one, "artifactId", ""));
        }
      }
    }
    return found;
  }

  private static List<Element> children(Element of, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = of.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }

  private static String text(Element of, String name, String none) {
    List<Element> found = children(of, name);
    return found.isEmpty() ? none : found.getFirst().getTextContent().strip();
  }

  private static String coordinates(String purl) {
    return purl.replaceFirst("^pkg:maven/", "").replaceFirst("@.*", "");
  }

  @Test
  void eachPartHasAnAllowedLicense() {
    List<String> refused = new ArrayList<>();
    for (JsonNode component : bom.path("components")) {
      List<String> licenses = licenses(component);
      if (licenses.stream().noneMatch(ALLOWED::contains)) {
        refused.add(component.path("purl").asText() + " " + licenses);
      }
    }
    assertEquals(List.of(), refused);
  }

  /** The licenses of a part, among which the user may choose. */
  private static List<String> licenses(JsonNode component) {
    List<String> licenses = new ArrayList<>();
    for (JsonNode one : component.path("licenses")) {
      JsonNode license = one.path("license");
      licenses.add(license.path("id").asText(license.path("name").asText()));
    }
    return licenses;
  }

  @Test
  void theListOfLicensesIsUpToDate() throws IOException {
    TreeMap<String, List<String>> parts = new TreeMap<>();
    for (JsonNode component : bom.path("components")) {
      parts
          .computeIfAbsent(String.join(" or ", licenses(component)), license -> new ArrayList<>())
          // One of them is specific to the build machine.
          .add(
              coordinates(component.path("purl").asText())
                  .replaceFirst("/native-[a-z]+-.*", "/native-*"));
    }
    StringBuilder list =
        new StringBuilder("# Licenses of the program's dependencies\n\n")
            .append("Generated from the bill of materials; a test keeps this page up to date.\n");
    parts.forEach((license, names) -> {
      list.append("\n## ").append(license).append("\n\n");
      names.stream().sorted().forEach(name -> list.append("- ").append(name).append('\n'));
    });
    Path made = Path.of("target", "licenses.md");
    Files.writeString(made, list);
    assertEquals(
        Files.exists(LIST) ? Files.readString(LIST) : "",
        list.toString(),
        LIST + " is out of date: cp " + made + " docs/");
  }
}
