using System.Text.Json;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>Reads JSON of servers that escape halves of surrogate pairs or repeat property names.</summary>
internal static class LenientJson
{
    /// <summary>A string; a half of a pair that stays alone becomes U+FFFD.</summary>
    public static string String(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json refuses escaped halves of surrogate pairs.
            var reader = new JsonStringReader();
            return reader.Read(element.GetRawText()[1..], out _) + reader.Finish();
        }
    }

    /// <summary>The string of a property, or null when it is missing, null, or something else.</summary>
    public static string? String(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? String(value) : null;

    /// <summary>A property of an object, or null.</summary>
    public static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A whole number, or null.</summary>
    public static long? Integer(JsonElement? element, string name) =>
        element is { } parent
        && Property(parent, name) is { ValueKind: JsonValueKind.Number } value
        && value.TryGetInt64(out var number)
            ? number
            : null;

    /// <summary>A copy that can be changed and written; of properties of one name the last counts.</summary>
    public static JsonNode? ToNode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var copy = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    copy[property.Name] = ToNode(property.Value);
                }
                return copy;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(ToNode)]);
            case JsonValueKind.String:
                return String(element);
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
