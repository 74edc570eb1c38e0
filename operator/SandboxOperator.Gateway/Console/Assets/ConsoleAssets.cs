using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace SandboxOperator.Gateway.Console.Assets;

/// <summary>
/// The style sheet, the script and the icon. They are in the program itself, so there is nothing to install beside it
/// and nothing is loaded from elsewhere; their addresses carry a hash, so browsers keep them.
/// </summary>
public static class ConsoleAssets
{
    private const string Prefix = "Console/";
    private const int HashChars = 12;

    private static readonly FrozenDictionary<string, Asset> All = Assembly
        .GetExecutingAssembly()
        .GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(Load)
        .ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The address of an asset.</summary>
    public static string Url(string name) => $"/console/assets/{All[name].Hash}/{name}";

    internal static void MapAssets(this IEndpointRouteBuilder console) =>
        console.MapGet("/assets/{hash}/{name}", Get).WithMetadata(new Access.ConsoleGate.Open());

    private static IResult Get(string hash, string name, HttpResponse response)
    {
        if (!All.TryGetValue(name, out var asset) || asset.Hash != hash)
        {
            return Results.NotFound();
        }

        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType);
    }

    private static Asset Load(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var content = copy.ToArray();
        var name = resource[Prefix.Length..];
        return new Asset(
            name,
            content,
            Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                _ => "image/svg+xml",
            },
            Convert.ToHexStringLower(SHA256.HashData(content))[..HashChars]
        );
    }

    private sealed record Asset(string Name, byte[] Content, string ContentType, string Hash);
}
