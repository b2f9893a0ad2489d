package io.parsecbackup.api;

import io.parsecbackup.api.problem.ProblemDetail;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/** Adds to the OpenAPI document what applies to every call: the token and the error responses. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDocument implements OASFilter {

  private static final String BEARER = "bearer";

  @Override
  public void filterOpenAPI(OpenAPI document) {
    document
        .getComponents()
        .addSecurityScheme(
            BEARER,
            OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme(BEARER)
                .description(
                    "parsec.backup.api.token may make every call, …viewer-token may read. While"
                        + " neither is set, every call is refused."));
    document.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(BEARER));
  }

  @Override
  public Operation filterOperation(Operation operation) {
    if (takesNoBody(operation.getRequestBody())) {
      operation.setRequestBody(null);
    }
    APIResponses responses = operation.getResponses();
    responses.addAPIResponse("401", response("The token is missing or invalid"));
    responses.addAPIResponse("403", response("The token does not permit this call"));
    responses.addAPIResponse(
        "429", response("Too many calls with an invalid token; see Retry-After"));
    responses.addAPIResponse("500", response("The repository or the program failed"));
    responses
        .getAPIResponses()
        .forEach((status, response) -> {
          if (status.compareTo("400") >= 0) {
            response.setContent(problem());
          }
        });
    return operation;
  }

  /** Such a call reads a body only to reject it, see {@link JsonBody#requireNone}. */
  private static boolean takesNoBody(@Nullable RequestBody body) {
    return body != null && body.getContent().hasMediaType("*/*");
  }

  private static APIResponse response(String description) {
    return OASFactory.createAPIResponse().description(description);
  }

  private static Content problem() {
    return OASFactory.createContent()
        .addMediaType(
            ProblemDetail.MEDIA_TYPE,
            OASFactory.createMediaType()
                .schema(OASFactory.createSchema().ref("#/components/schemas/Problem")));
  }
}
