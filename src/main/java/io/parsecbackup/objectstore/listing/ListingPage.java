package io.parsecbackup.objectstore.listing;

import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.content.TransferException;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One page of a bucket's listing.
 *
 * @param folders the beginnings of further keys, up to and with the delimiter of the request
 * @param next the token of the next page; empty on the last one
 */
public record ListingPage(
    List<ListedObject> objects, List<String> folders, boolean truncated, Optional<String> next) {

  private static final String ROOT = "ListBucketResult";

  /**
   * Reads a page's XML (ListObjectsV2).
   *
   * @throws TransferException if it is anything else, such as a login page, which must not be taken
   *     for a bucket without objects
   */
  static ListingPage parse(byte[] body) {
    try {
      return new Reader(reader(body)).read();
      // The parser throws exceptions of many types if a document is malformed.
    } catch (XMLStreamException | RuntimeException e) {
      if (e instanceof TransferException known) {
        throw known;
      }
      throw new TransferException(
          TransferException.Kind.TEMPORARY,
          "the server's answer is not a listing, but other text",
          e);
    }
  }

  private static XMLStreamReader reader(byte[] body) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory.createXMLStreamReader(new ByteArrayInputStream(body));
  }

  /** Reads the document once. */
  private static final class Reader {
    private final XMLStreamReader xml;
    private final List<ListedObject> objects = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private boolean encoded;
    private boolean truncated;
    private Optional<String> next = Optional.empty();

    Reader(XMLStreamReader xml) {
      this.xml = xml;
    }

    ListingPage read() throws XMLStreamException {
      if (!nextElement() || !xml.getLocalName().equals(ROOT)) {
        throw new TransferException(
            TransferException.Kind.TEMPORARY,
            "the server's answer is not a listing, but other XML");
      }
      while (nextElement()) {
        switch (xml.getLocalName()) {
          case "EncodingType" -> encoded = text().equals("url");
          case "IsTruncated" -> truncated = text().strip().equals("true");
          case "NextContinuationToken" -> next = Optional.of(text()).filter(t -> !t.isEmpty());
          case "Contents" -> objects.add(object());
          case "CommonPrefixes" -> folders.add(folder());
          default -> skip();
        }
      }
      return new ListingPage(
          decoded(),
          encoded ? folders.stream().map(Reader::decode).toList() : List.copyOf(folders),
          truncated,
          next);
    }

    /** Whether another element begins before the enclosing one ends. */
    private boolean nextElement() throws XMLStreamException {
      while (true) {
        switch (xml.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            return true;
          }
          case XMLStreamConstants.END_ELEMENT, XMLStreamConstants.END_DOCUMENT -> {
            return false;
          }
          case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
              throw new TransferException(
                  TransferException.Kind.TEMPORARY,
                  "the server's answer is not a listing: it has a DTD");
          default -> {
            // Text between elements has no meaning.
          }
        }
      }
    }

    private ListedObject object() throws XMLStreamException {
      String key = "";
      String etag = "";
      long size = 0;
      Instant lastModified = Instant.EPOCH;
      while (nextElement()) {
        switch (xml.getLocalName()) {
          case "Key" -> key = text();
          case "ETag" -> etag = Etag.unquoted(text());
          case "Size" -> size = size(text());
          case "LastModified" -> lastModified = time(text());
          default -> skip();
        }
      }
      return new ListedObject(key, size, etag, lastModified);
    }

    private String folder() throws XMLStreamException {
      String folder = "";
      while (nextElement()) {
        if (xml.getLocalName().equals("Prefix")) {
          folder = text();
        } else {
          skip();
        }
      }
      return folder;
    }

    private String text() throws XMLStreamException {
      return xml.getElementText();
    }

    private void skip() throws XMLStreamException {
      while (nextElement()) {
        skip();
      }
    }

    /** Some servers name the encoding after the objects. */
    private List<ListedObject> decoded() {
      return encoded
          ? objects.stream()
              .map(object ->
                  new ListedObject(
                      decode(object.key()), object.size(), object.etag(), object.lastModified()))
              .toList()
          : List.copyOf(objects);
    }

    private static String decode(String encoded) {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }

    private static long size(String text) {
      long size = Long.parseLong(text.strip());
      if (size < 0) {
        throw new NumberFormatException("a size below zero");
      }
      return size;
    }

    private static Instant time(String text) {
      try {
        return Instant.parse(text.strip());
      } catch (DateTimeException e) {
        return Instant.EPOCH;
      }
    }
  }
}
