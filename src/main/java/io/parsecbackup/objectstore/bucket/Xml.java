package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the short XML documents of S3's answers. */
public final class Xml {

  private static final int LONGEST_ERROR = 64 << 10;

  private static final Pattern ERROR = Pattern.compile("<Error[\\s>]");

  private Xml() {}

  /**
   * All elements named {@code element}, each as the texts of its own elements by their names.
   *
   * @throws TransferException when the body is not XML
   */
  public static List<Map<String, String>> elements(byte[] body, String element) {
    try {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_COALESCING, true);
      return read(factory.createXMLStreamReader(new ByteArrayInputStream(body)), element);
      // The parser throws exceptions of many types if a document is malformed.
    } catch (XMLStreamException | RuntimeException e) {
      throw new TransferException(
          Kind.TEMPORARY, "the server's answer is not S3's, but other text", e);
    }
  }

  private static List<Map<String, String>> read(XMLStreamReader xml, String element)
      throws XMLStreamException {
    List<Map<String, String>> found = new ArrayList<>();
    List<String> open = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          open.add(xml.getLocalName());
          text.setLength(0);
          if (xml.getLocalName().equals(element)) {
            found.add(new HashMap<>());
          }
        }
        case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          String ended = open.removeLast();
          if (!open.isEmpty() && open.getLast().equals(element)) {
            found.getLast().putIfAbsent(ended, text.toString());
          }
          text.setLength(0);
        }
        default -> {
          // Comments and the like.
        }
      }
    }
    return found;
  }

  /** The text of the first such element; empty without one. */
  public static Optional<String> text(byte[] body, String element, String name) {
    return elements(body, element).stream()
        .findFirst()
        .map(texts -> texts.getOrDefault(name, ""))
        .filter(text -> !text.isEmpty());
  }

  /**
   * S3 begins the answer to a copy and to the completion of an upload before it knows the outcome:
   * the status is 200, and the body may be an error.
   */
  static Optional<TransferException> failure(byte[] body) {
    if (body.length == 0
        || body.length > LONGEST_ERROR
        || !ERROR.matcher(new String(body, StandardCharsets.ISO_8859_1)).find()) {
      return Optional.empty();
    }
    String code = text(body, "Error", "Code").orElse("");
    return Optional.of(
        new TransferException(
            code.equals("PreconditionFailed") ? Kind.PRESENT : Kind.TEMPORARY,
            "the server answered 200 and then " + code));
  }

  /** Text as the content of an element. */
  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
