using System.Globalization;
using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Files;

/// <summary>Reads <c>expires_after</c>: how many seconds after its creation a file is deleted.</summary>
internal static class FileExpiry
{
    private const string Name = "expires_after";
    private const string Anchor = "created_at";
    private const long MinSeconds = 3600;
    private const long MaxSeconds = 2_592_000;

    /// <summary>From a JSON body; null when it is absent.</summary>
    public static long? Read(JsonObjectReader reader) => reader.Object(Name) is { } expiry ? ReadObject(expiry) : null;

    /// <summary>From the fields of a form, in either of the forms that clients send; null when it is absent.</summary>
    public static long? Read(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.TryGetValue(Name, out var json) && json.Length > 0)
        {
            return ReadObject(new JsonObjectReader(ParseField(json), Name));
        }
        var anchor = fields.GetValueOrDefault($"{Name}[anchor]");
        var seconds = fields.GetValueOrDefault($"{Name}[seconds]");
        if (anchor is null && seconds is null)
        {
            return null;
        }
        if (anchor is null)
        {
            throw ApiErrors.Missing($"{Name}.anchor");
        }
        // A form has no numbers, only text that may look like one.
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw seconds is null
                ? ApiErrors.Missing($"{Name}.seconds")
                : ApiErrors.WrongType($"{Name}.seconds", "an integer", "a string");
        }
        return Check(anchor, number);
    }

    private static long ReadObject(JsonObjectReader expiry)
    {
        var seconds = Check(expiry.RequiredString("anchor"), expiry.RequiredInteger("seconds"));
        expiry.End();
        return seconds;
    }

    private static long Check(string anchor, long seconds)
    {
        if (anchor != Anchor)
        {
            throw ApiErrors.NotOneOf($"{Name}.anchor", anchor, [Anchor]);
        }
        return seconds switch
        {
            < MinSeconds => throw ApiErrors.Below($"{Name}.seconds", "integer", MinSeconds, seconds),
            > MaxSeconds => throw ApiErrors.Above($"{Name}.seconds", "integer", MaxSeconds, seconds),
            _ => seconds,
        };
    }

    private static JsonElement ParseField(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, WireJson.Reading);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw ApiErrors.WrongType(Name, "an object", "a string");
        }
    }
}
