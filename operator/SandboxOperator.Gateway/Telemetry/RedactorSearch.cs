using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>One search for secrets, in one text or in several that share its time.</summary>
/// <param name="patterns">What a secret looks like.</param>
/// <param name="clean">Texts in which <see cref="Apply"/> is known to find nothing.</param>
/// <param name="cleanJson">Texts in which <see cref="ApplyToJson"/> is known to find nothing.</param>
/// <param name="most">The time that there is.</param>
/// <param name="time">Measures it.</param>
internal sealed partial class RedactorSearch(
    IReadOnlyList<Regex> patterns,
    CleanTexts clean,
    CleanTexts cleanJson,
    TimeSpan most,
    TimeProvider time
)
{
    private const string WholeBlot = "[redacted: a pattern took too long to search this text]";

    /// <summary>No secret that a name tells is longer.</summary>
    private const int MostNamedChars = 4096;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly long _began = time.GetTimestamp();

    /// <summary>The text without what the patterns match; a blot in its place once the time is over.</summary>
    public string Apply(string text)
    {
        if (clean.Contains(text))
        {
            return text;
        }

        try
        {
            var without = text;
            foreach (var pattern in patterns)
            {
                if (time.GetElapsedTime(_began) > most)
                {
                    return WholeBlot;
                }

                without = pattern.Replace(without, Redactor.Blot);
            }

            if (without == text)
            {
                clean.Add(text);
            }

            return without;
        }
        catch (RegexMatchTimeoutException)
        {
            return WholeBlot;
        }
    }

    /// <summary>
    /// The same for a text that may be JSON: then in each of its strings as they mean, and in each pair of a name and a
    /// string, so that it stays JSON and no escape hides a secret.
    /// </summary>
    public string ApplyToJson(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[' or '"', ..])
        {
            return Apply(text);
        }

        if (cleanJson.Contains(text))
        {
            return text;
        }

        var without = ApplyToWhole(text);
        if (without == text)
        {
            cleanJson.Add(text);
        }

        return without;
    }

    private string ApplyToWhole(string text)
    {
        try
        {
            return TryApply(JsonNode.Parse(text), out var changed) ? changed!.ToJsonString(Plain) : text;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // No JSON, with names that come twice, or cut off: what it means has no secret, nor what it says.
            var meant = Escape().Replace(text, Unescape);
            var without = Apply(meant);
            return without != meant ? without : Apply(text);
        }
    }

    /// <summary>Changes a node in place, or gives another one for a string.</summary>
    /// <returns>Whether there was anything to change.</returns>
    private bool TryApply(JsonNode? node, out JsonNode? changed)
    {
        changed = node;
        switch (node)
        {
            case JsonObject @object:
                var any = false;
                foreach (var (name, value) in @object.ToList())
                {
                    any |= ApplyToMember(@object, name, value);
                }

                return any;
            case JsonArray array:
                var some = false;
                for (var index = 0; index < array.Count; index++)
                {
                    var item = array[index];
                    if (TryApply(item, out var other))
                    {
                        some = true;
                        if (other != item)
                        {
                            array[index] = other;
                        }
                    }
                }

                return some;
            case JsonValue value when value.TryGetValue(out string? text):
                // Arguments of tool calls are JSON within JSON.
                var without = ApplyToJson(text);
                changed = without == text ? node : JsonValue.Create(without);
                return without != text;
            default:
                return false;
        }
    }

    private bool ApplyToMember(JsonObject @object, string name, JsonNode? value)
    {
        var any = TryApply(value, out var other);
        if (any && other != value)
        {
            @object[name] = other;
        }

        var blotted = Apply(name);
        if (blotted != name)
        {
            var moved = @object[name];
            @object.Remove(name);
            @object[blotted] = moved;
            return true;
        }

        if (!any && value is JsonValue word && word.TryGetValue(out string? text) && IsSecretBy(name, text))
        {
            @object[name] = Redactor.Blot;
            return true;
        }

        return any;
    }

    /// <summary>Whether a name and a string make a secret that neither is alone.</summary>
    private bool IsSecretBy(string name, string text)
    {
        var pair = $"\"{name}\": \"{text}\"";
        return text.Length is > 0 and <= MostNamedChars && Apply(pair) != pair;
    }

    private static string Unescape(Match escape) =>
        escape.Value[1] switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'b' => "\b",
            'f' => "\f",
            'u' => (
                (char)ushort.Parse(escape.Value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            ).ToString(),
            var itself => itself.ToString(),
        };

    [GeneratedRegex(
        @"\\(?:[nrtbf""'\\/]|u[0-9a-fA-F]{4})",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Escape();
}
