using System.Text.Json;

namespace SandboxOperator.Gateway.Http;

/// <summary>The caller's own notes on an object: a few short pairs of strings.</summary>
internal static class Metadata
{
    public const string Empty = "{}";
    private const int MaxPairs = 16;
    private const int MaxKey = 64;
    private const int MaxValue = 512;

    /// <summary>Reads <c>metadata</c> as the store keeps it; null when it is absent, <c>{}</c> when it is null.</summary>
    public static string? Read(JsonObjectReader reader)
    {
        const string name = "metadata";
        if (!reader.Has(name))
        {
            return null;
        }
        if (reader.Object(name) is not { } map)
        {
            return Empty;
        }
        var path = reader.PathOf(name);
        var pairs = map.Element.EnumerateObject().ToList();
        if (pairs.Count > MaxPairs)
        {
            throw ApiErrors.Invalid(
                $"Invalid '{path}': too many properties. Expected an object with at most {MaxPairs} properties, but got an object with {pairs.Count} properties instead.",
                path,
                "object_above_max_properties"
            );
        }
        foreach (var pair in pairs)
        {
            if (pair.Name.EnumerateRunes().Count() > MaxKey)
            {
                throw ApiErrors.Invalid(
                    $"Invalid '{path}': the key '{ApiErrors.Shorten(pair.Name)}' is too long. Expected keys with at most {MaxKey} characters.",
                    path,
                    "string_above_max_length"
                );
            }
            JsonKinds.String(pair.Value, $"{path}.{pair.Name}", MaxValue, 0);
        }
        return WireJson.Text(map.Element);
    }
}
