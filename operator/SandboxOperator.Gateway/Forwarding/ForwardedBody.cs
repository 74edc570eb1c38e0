using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>The JSON body of a request that is forwarded. Nothing of it but the model's name concerns the gateway.</summary>
internal static class ForwardedBody
{
    private const string Model = "model";

    /// <summary>Puts the upstream's name of the model in place of the caller's.</summary>
    /// <returns>The upstream's name of the model; null when the body names none.</returns>
    /// <exception cref="ApiException">The body is not JSON, or the model does not exist.</exception>
    public static async Task<string?> RenameModelAsync(
        HttpRequest request,
        IModelCatalog catalog,
        CancellationToken cancellationToken
    )
    {
        var body = (await JsonBody.BindAsync(request.HttpContext)).Root;
        var model = body.String(Model, minimum: 1) is { } name ? Resolve(name, catalog) : null;
        var renamed = Rename(body.Element, model);
        cancellationToken.ThrowIfCancellationRequested();
        request.Body = new MemoryStream(renamed.ToArray(), writable: false);
        request.Headers.TransferEncoding = default;
        request.ContentLength = renamed.Length;
        return model;
    }

    private static ReadOnlyMemory<byte> Rename(JsonElement body, string? upstreamName) =>
        WireJson.Bytes(writer =>
        {
            writer.WriteStartObject();
            foreach (var property in body.EnumerateObject())
            {
                if (upstreamName is not null && property.NameEquals(Model))
                {
                    writer.WriteString(Model, upstreamName);
                }
                else
                {
                    property.WriteTo(writer);
                }
            }
            writer.WriteEndObject();
        });

    /// <summary>The upstream's name of a model.</summary>
    /// <exception cref="ApiException">The model does not exist.</exception>
    public static string Resolve(string name, IModelCatalog catalog) =>
        catalog.Resolve(name) switch
        {
            null => throw new ApiException(
                StatusCodes.Status404NotFound,
                ModelAliases.UnknownMessage(ApiErrors.Shorten(name)),
                Model,
                "model_not_found"
            ),
            BuiltIn.PythonModel.Name => throw ApiErrors.InvalidValue(
                Model,
                $"The model '{BuiltIn.PythonModel.Name}' answers in threads only."
            ),
            var upstreamName => upstreamName,
        };
}
