using System.Text.Json;
using System.Text.RegularExpressions;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Assistants;

/// <summary>Reads <c>tools</c>, of an assistant or of a run.</summary>
internal static partial class ToolsParameter
{
    public const string CodeInterpreter = "code_interpreter";
    private const string Function = "function";
    private const string FileSearch = "file_search";
    private const string DefaultParameters = """{"type":"object","properties":{}}""";

    /// <summary>The name under which the model sees the code interpreter.</summary>
    private const string Reserved = "python";

    /// <summary>JSON text as answers show it, with defaults filled in; null when the parameter is absent.</summary>
    public static string? Read(JsonObjectReader reader, int maximum = 128)
    {
        const string name = "tools";
        if (!reader.Has(name))
        {
            return null;
        }
        var tools = reader.Objects(name, maximum) ?? [];
        var functions = new HashSet<string>(StringComparer.Ordinal);
        return WireJson.Text(writer =>
        {
            writer.WriteStartArray();
            foreach (var tool in tools)
            {
                writer.WriteStartObject();
                var type = ReadType(tool);
                writer.WriteString("type", type);
                if (type == Function)
                {
                    WriteFunction(writer, tool.RequiredObject(Function), functions);
                }
                tool.End();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    /// <summary>Whether a stored list of tools has the code interpreter.</summary>
    public static bool HasCodeInterpreter(string tools)
    {
        using var document = JsonDocument.Parse(tools);
        return document.RootElement.EnumerateArray().Any(tool => tool.GetProperty("type").ValueEquals(CodeInterpreter));
    }

    /// <summary>The type of a tool that this server has.</summary>
    public static string ReadType(JsonObjectReader tool)
    {
        var type = tool.RequiredWord("type", CodeInterpreter, FileSearch, Function);
        return type == FileSearch ? throw ApiErrors.Unsupported($"The tool '{FileSearch}'", tool.PathOf("type")) : type;
    }

    private static void WriteFunction(Utf8JsonWriter writer, JsonObjectReader function, HashSet<string> names)
    {
        var name = function.RequiredString("name");
        var path = function.PathOf("name");
        if (!FunctionName().IsMatch(name))
        {
            throw ApiErrors.InvalidValue(
                path,
                $"Invalid '{path}': expected letters, digits, underscores and dashes, at most 64 of them, but got '{ApiErrors.Shorten(name)}'."
            );
        }
        if (name == Reserved)
        {
            throw ApiErrors.InvalidValue(
                path,
                $"Invalid '{path}': the name '{Reserved}' is taken by the code interpreter; give the function another one."
            );
        }
        if (!names.Add(name))
        {
            throw ApiErrors.InvalidValue(path, $"Invalid '{path}': there are two functions named '{name}'.");
        }
        writer.WriteStartObject(Function);
        writer.WriteString("name", name);
        if (function.String("description") is { } description)
        {
            writer.WriteString("description", description);
        }
        writer.WriteRaw("parameters", ReadParameters(function));
        writer.WriteBoolean("strict", function.Boolean("strict") ?? false);
        writer.WriteEndObject();
        function.End();
    }

    private static string ReadParameters(JsonObjectReader function)
    {
        if (function.Object("parameters") is not { } schema)
        {
            return DefaultParameters;
        }
        if (schema.Value("type") is { } type && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("object")))
        {
            throw ApiErrors.InvalidValue(
                schema.PathOf("type"),
                $"Invalid '{schema.PathOf("type")}': the schema of a function's parameters must have the type 'object'."
            );
        }
        return WireJson.Text(schema.Element);
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FunctionName();
}
