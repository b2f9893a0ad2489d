package io.parsecbackup.api;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.common.providers.serialisers.MessageReaderUtil;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Reads the optional JSON body of a call into the record that the call takes, see {@link
 * JsonBody#read}. The media type does not matter: {@code curl -d} sends another one. Quarkus
 * prefers this reader to the one of Jackson, because {@link Record} is nearer to the type of the
 * parameter than Object.
 */
@Provider
public final class JsonBodyReader implements ServerMessageBodyReader<Record> {

  @Override
  public boolean isReadable(
      Class<?> type, Type generic, ResteasyReactiveResourceInfo method, MediaType media) {
    return type.isRecord();
  }

  @Override
  public Record readFrom(
      Class<Record> type, Type generic, MediaType media, ServerRequestContext context)
      throws IOException {
    return read(type, media, context.getInputStream());
  }

  @Override
  public boolean isReadable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
    return type.isRecord();
  }

  @Override
  public Record readFrom(
      Class<Record> type,
      Type generic,
      Annotation[] annotations,
      MediaType media,
      MultivaluedMap<String, String> headers,
      InputStream body)
      throws IOException {
    return read(type, media, body);
  }

  private static Record read(Class<Record> type, MediaType media, InputStream body)
      throws IOException {
    return JsonBody.read(MessageReaderUtil.readString(body, media), type);
  }
}
