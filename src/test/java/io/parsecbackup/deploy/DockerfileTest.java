package io.parsecbackup.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.parsecbackup.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks both Dockerfiles as a linter does; ContainerIT builds the one for the JVM. */
class DockerfileTest {

  private static final List<String> INSTRUCTIONS =
      List.of(
          "ARG",
          "FROM",
          "USER",
          "WORKDIR",
          "COPY",
          "RUN",
          "LABEL",
          "ENV",
          "EXPOSE",
          "HEALTHCHECK",
          "ENTRYPOINT");

  @TempDir Path scratch;

  /** An instruction and its arguments, with continued lines joined and without comments. */
  record Instruction(String word, String arguments) {}

  static List<Instruction> read(String file) throws IOException {
    String text =
        Files.readAllLines(Path.of(file)).stream()
            .filter(line -> !line.strip().startsWith("#"))
            .collect(Collectors.joining("\n"))
            .replaceAll("\\\\\n\\s*", "");
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.split("\\s+", 2))
        .map(parts -> new Instruction(parts[0], parts[1]))
        .toList();
  }

  private static List<String> arguments(List<Instruction> file, String word) {
    return file.stream().filter(i -> i.word().equals(word)).map(Instruction::arguments).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile.native", "deploy/Dockerfile.jvm"})
  void followsTheRules(String name) throws IOException {
    List<Instruction> file = read(name);
    file.forEach(one -> assertTrue(INSTRUCTIONS.contains(one.word()), one::toString));
    // Base images can be replaced, and no tag is "latest".
    for (String image : arguments(file, "FROM")) {
      assertTrue(image.startsWith("${"), image);
    }
    for (String argument : arguments(file, "ARG")) {
      assertTrue(
          argument.startsWith("NATIVE_")
              || (argument.matches("[A-Z_]+=\\S+/\\S+:\\S+") && !argument.endsWith(":latest")),
          argument);
    }
    assertTrue(arguments(file, "USER").getLast().matches("[1-9][0-9]*:[1-9][0-9]*"));
    assertEquals(Set.of("LANG=C.UTF-8"), Set.copyOf(arguments(file, "ENV")));
    assertTrue(runtime(name).contains(new Instruction("ENV", "LANG=C.UTF-8")));
    ObjectMapper json = new ObjectMapper();
    assertEquals(
        "/usr/bin/tini", json.readTree(arguments(file, "ENTRYPOINT").getFirst()).path(0).asText());
    String health = arguments(file, "HEALTHCHECK").getFirst();
    assertTrue(
        json.readTree(health.substring(health.indexOf('[')))
            .path(2)
            .asText()
            .contains("/q/health/live"));
    for (String label : List.of("title", "description", "licenses")) {
      assertTrue(arguments(file, "LABEL").getFirst().contains("org.opencontainers.image." + label));
    }
    String all = Files.readString(Path.of(name));
    for (String architecture : List.of("amd64", "x86_64", "arm64", "aarch64")) {
      assertFalse(all.contains(architecture), "the file must work for both architectures");
    }
  }

  /** The build chooses by the machine: a default here would be right for one architecture only. */
  @ParameterizedTest
  @ValueSource(strings = {"NATIVE_MARCH native.march", "NATIVE_CPU_FEATURES native.cpu-features"})
  void passesTheChoiceOfProcessorsToTheBuild(String argumentAndProperty) throws IOException {
    String argument = argumentAndProperty.split(" ")[0];
    String property = argumentAndProperty.split(" ")[1];
    List<Instruction> file = read("Dockerfile.native");
    assertTrue(arguments(file, "ARG").contains(argument + "="), argument);
    String build = arguments(file, "RUN").getFirst();
    assertTrue(build.contains("-D" + property + "=\"$" + argument + "\""), build);
    assertTrue(Files.readString(Path.of(".mvn/native-build.bsh")).contains('"' + property + '"'));
  }

  @Test
  void bothImagesDifferOnlyInTheProgram() throws IOException {
    assertEquals(runtime("Dockerfile.native"), runtime("deploy/Dockerfile.jvm"));
  }

  /** The last stage, without the instructions that copy the program. */
  private static List<Instruction> runtime(String name) throws IOException {
    List<Instruction> file = read(name);
    int last = 0;
    for (int i = 0; i < file.size(); i++) {
      last = file.get(i).word().equals("FROM") ? i : last;
    }
    return file.subList(last, file.size()).stream()
        .filter(one -> !(one.word().equals("COPY") && !one.arguments().startsWith("LICENSE")))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile.native", "deploy/Dockerfile.jvm"})
  void copiedFilesAreInTheBuildContext(String name) throws IOException {
    List<String> ignored = Files.readAllLines(Path.of(".dockerignore"));
    for (String copied : arguments(read(name), "COPY")) {
      if (copied.startsWith("--from=")) {
        continue;
      }
      List<String> sources = List.of(copied.replaceFirst("^--chown=\\S+ ", "").split(" "));
      for (String source : sources.subList(0, sources.size() - 1)) {
        assertTrue(ignored.contains("!" + source), source + " is excluded by .dockerignore");
        assertTrue(source.startsWith("target/") || Files.exists(Path.of(source)), source);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile.native", "deploy/Dockerfile.jvm"})
  void shellcheckAcceptsEachCommand(String name) throws Exception {
    Tool shellcheck = new Tool("shellcheck").assumeInstalled();
    for (String command : arguments(read(name), "RUN")) {
      Path script =
          Files.writeString(
              scratch.resolve("run.sh"),
              "#!/bin/sh\n" + command.replaceAll("--mount=\\S+ +", "") + "\n");
      shellcheck.run(script.toString());
    }
  }
}
