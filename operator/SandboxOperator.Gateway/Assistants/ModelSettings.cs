using System.Text.Json;
using System.Text.RegularExpressions;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Assistants;

/// <summary>Reads the settings of the model that assistants and runs share.</summary>
internal static partial class ModelSettings
{
    public const int MaxInstructions = 256_000;
    public const string AutoFormat = "\"auto\"";

    public static double? Temperature(JsonObjectReader reader) => reader.Number("temperature", 0, 2);

    public static double? TopP(JsonObjectReader reader) => reader.Number("top_p", 0, 1);

    public static string? Instructions(JsonObjectReader reader, string name = "instructions") =>
        reader.String(name, MaxInstructions);

    public static string? ReasoningEffort(JsonObjectReader reader) =>
        reader.Word("reasoning_effort", "none", "minimal", "low", "medium", "high", "xhigh", "max");

    /// <summary><c>response_format</c> as the store keeps it; null when it is absent, <c>"auto"</c> when it is null.</summary>
    public static string? ResponseFormat(JsonObjectReader reader)
    {
        const string name = "response_format";
        if (!reader.Has(name))
        {
            return null;
        }
        if (reader.Value(name) is not { } value)
        {
            return AutoFormat;
        }
        if (value.ValueKind == JsonValueKind.String)
        {
            JsonKinds.Word(value, reader.PathOf(name), ["auto"]);
            return AutoFormat;
        }
        var format = new JsonObjectReader(value, reader.PathOf(name));
        if (format.RequiredWord("type", "text", "json_object", "json_schema") == "json_schema")
        {
            CheckSchema(format.RequiredObject("json_schema"));
        }
        format.End();
        return WireJson.Text(value);
    }

    private static void CheckSchema(JsonObjectReader schema)
    {
        var name = schema.RequiredString("name");
        if (!SchemaName().IsMatch(name))
        {
            var path = schema.PathOf("name");
            throw ApiErrors.InvalidValue(
                path,
                $"Invalid '{path}': expected letters, digits, underscores and dashes, at most 64 of them, but got '{ApiErrors.Shorten(name)}'."
            );
        }
        schema.String("description");
        schema.Object("schema");
        schema.Boolean("strict");
        schema.End();
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaName();
}
