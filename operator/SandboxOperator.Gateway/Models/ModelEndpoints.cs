using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", ListAsync);
        // Names may hold slashes, encoded or not.
        routes.MapGet("/v1/models/{**model}", GetAsync);
        routes.MapDelete("/v1/models/{**model}", Delete);
    }

    private static async Task<IResult> ListAsync(IModelCatalog catalog, CancellationToken cancellationToken)
    {
        var models = await catalog.ListAsync(cancellationToken);
        return new JsonAnswer(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            foreach (var model in models)
            {
                Write(writer, model);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> GetAsync(
        string model,
        IModelCatalog catalog,
        CancellationToken cancellationToken
    )
    {
        var name = NameOf(model);
        var models = await catalog.ListAsync(cancellationToken);
        var found =
            models.FirstOrDefault(one => one.Id.Equals(name, StringComparison.Ordinal))
            ?? throw ApiErrors.ModelNotFound(name);
        return new JsonAnswer(writer => Write(writer, found));
    }

    private static IResult Delete(string model) =>
        throw new ApiException(
            StatusCodes.Status403Forbidden,
            $"The model '{ApiErrors.Shorten(NameOf(model))}' belongs to the upstream and cannot be deleted by this server.",
            "model"
        );

    /// <summary>Routing leaves encoded slashes as they are.</summary>
    private static string NameOf(string model) => Uri.UnescapeDataString(model);

    private static void Write(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteStartObject();
        writer.WriteString("id", model.Id);
        writer.WriteString("object", "model");
        writer.WriteNumber("created", model.CreatedAtSeconds);
        writer.WriteString("owned_by", model.OwnedBy);
        writer.WriteEndObject();
    }
}
