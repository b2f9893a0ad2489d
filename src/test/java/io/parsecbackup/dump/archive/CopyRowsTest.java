package io.parsecbackup.dump.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CopyRowsTest {

  private final List<List<String>> rows = new ArrayList<>();

  private Set<String> read(String script) throws IOException {
    return CopyRows.read(
        new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)),
        Map.of("public.t", new CopyRows.Table(List.of("b", "a"), rows::add)));
  }

  @Test
  void readsTheRequestedColumnsFromEveryCopyBlockOfTheTable() throws IOException {
    Set<String> whole =
        read(
            """
            COPY public.t (a, "b", c) FROM stdin;
            1\t2\t3
            \\.
            COPY public.other (a, b) FROM stdin;
            8\t9
            \\.
            COPY "public"."t" (b, a) FROM stdin;
            4\t5
            \\.
            """);
    assertEquals(Set.of("public.t"), whole);
    assertEquals(List.of(List.of("2", "1"), List.of("4", "5")), rows);
  }

  @Test
  void reportsATableWithATooLongRowAsIncomplete() throws IOException {
    String longRow = "x".repeat(300_000);
    assertEquals(
        Set.of(),
        read(
            """
            COPY public.t (a, b) FROM stdin;
            1\t2
            %s\t2
            \\.
            COPY public.t (a, b) FROM stdin;
            3\t4
            \\.
            """
                .formatted(longRow)));
  }

  @Test
  void reportsATableWithoutAColumnAsIncomplete() throws IOException {
    assertEquals(
        Set.of(),
        read(
            """
            COPY public.t (a) FROM stdin;
            1
            \\.
            COPY public.t (a, b) FROM stdin;
            3\t4
            \\.
            """));
  }
}
