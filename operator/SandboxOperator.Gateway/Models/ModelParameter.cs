using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Models;

/// <summary>Reads the name of a model from a request.</summary>
internal static class ModelParameter
{
    private const int MaxLength = 256;

    /// <summary>Null when it was not given.</summary>
    public static string? Read(JsonObjectReader reader, IModelCatalog catalog) =>
        reader.String("model", MaxLength, minimum: 1) is { } name ? Check(name, catalog, reader.PathOf("model")) : null;

    private static string Check(string name, IModelCatalog catalog, string path) =>
        catalog.Resolve(name) is not null
            ? name
            : throw ApiErrors.Invalid(ModelAliases.UnknownMessage(name), path, "model_not_found");
}
