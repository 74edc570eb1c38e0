using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Blots secrets out of texts. Texts are hostile: no pattern searches longer than it may.</summary>
internal sealed class Redactor
{
    /// <summary>What stands where a secret was.</summary>
    public const string Blot = "[redacted]";

    private const string WholeBlot = "[redacted: a pattern took too long to search this text]";
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly Regex[] _patterns;

    public Redactor(IOptions<RedactionOptions> options)
    {
        var timeout = TimeSpan.FromMilliseconds(options.Value.TimeoutMilliseconds);
        _patterns =
        [
            .. (options.Value.Defaults ? RedactionPatterns.Known : [])
                .Concat(options.Value.Patterns)
                .Select(pattern => Compile(pattern, timeout)),
        ];
    }

    /// <summary>The text without what the patterns match.</summary>
    public string Apply(string text)
    {
        try
        {
            foreach (var pattern in _patterns)
            {
                text = pattern.Replace(text, Blot);
            }

            return text;
        }
        catch (RegexMatchTimeoutException)
        {
            return WholeBlot;
        }
    }

    /// <summary>
    /// The same for a text that may be JSON: then in each of its strings as they mean, so that it stays JSON and no
    /// escape hides a secret.
    /// </summary>
    public string ApplyToJson(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[' or '"', ..])
        {
            return Apply(text);
        }

        try
        {
            return TryApply(JsonNode.Parse(text), out var changed) ? changed!.ToJsonString(Plain) : text;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // No JSON, or with names that come twice.
            return Apply(text);
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
                    var blotted = Apply(name);
                    if (TryApply(value, out var other))
                    {
                        any = true;
                        if (other != value)
                        {
                            @object[name] = other;
                        }
                    }

                    if (blotted != name)
                    {
                        var moved = @object[name];
                        @object.Remove(name);
                        @object[blotted] = moved;
                        any = true;
                    }
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

    private static Regex Compile(string pattern, TimeSpan timeout)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, timeout);
        }
        catch (NotSupportedException)
        {
            // Looking around and back needs the other engine; the time-out bounds it.
            return new Regex(pattern, RegexOptions.CultureInvariant, timeout);
        }
    }
}
