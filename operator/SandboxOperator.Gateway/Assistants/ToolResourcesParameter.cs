using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Assistants;

/// <summary>Reads <c>tool_resources</c>: the files that the code interpreter finds.</summary>
internal static class ToolResourcesParameter
{
    public const string Name = "tool_resources";
    public const string FileIdsPath = "tool_resources.code_interpreter.file_ids";
    public const string Empty = "{}";

    /// <summary>The most files of an assistant, and of a thread.</summary>
    public const int MaxFiles = 20;

    /// <summary>The ids of the files, each once; null when the parameter does not mention the code interpreter.</summary>
    public static IReadOnlyList<string>? Read(JsonObjectReader reader)
    {
        if (reader.Object(Name) is not { } resources)
        {
            return null;
        }
        RefuseFileSearch(resources);
        IReadOnlyList<string>? ids = null;
        if (resources.Object(ToolsParameter.CodeInterpreter) is { } interpreter)
        {
            ids = interpreter.Strings("file_ids", MaxFiles)?.Distinct(StringComparer.Ordinal).ToList() ?? [];
            interpreter.End();
        }
        resources.End();
        return ids;
    }

    /// <summary>The JSON text that the store keeps.</summary>
    /// <param name="ids">Null for no code interpreter.</param>
    public static string Text(IReadOnlyList<string>? ids) =>
        ids is null
            ? Empty
            : WireJson.Text(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject(ToolsParameter.CodeInterpreter);
                writer.WriteStartArray("file_ids");
                foreach (var id in ids)
                {
                    writer.WriteStringValue(id);
                }
                writer.WriteEndArray();
                writer.WriteEndObject();
                writer.WriteEndObject();
            });

    /// <summary>The ids in what the store keeps; null when there is no code interpreter in it.</summary>
    public static IReadOnlyList<string>? Ids(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty(ToolsParameter.CodeInterpreter, out var interpreter)
            ? [.. interpreter.GetProperty("file_ids").EnumerateArray().Select(id => id.GetString()!)]
            : null;
    }

    /// <summary>Clients may send an empty mention of it; anything in it would be promised and not done.</summary>
    private static void RefuseFileSearch(JsonObjectReader resources)
    {
        const string name = "file_search";
        if (resources.Object(name) is not { } search)
        {
            return;
        }
        var empty = search
            .Element.EnumerateObject()
            .All(property =>
                property.Value.ValueKind == JsonValueKind.Null
                || (property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() == 0)
            );
        if (!empty)
        {
            throw ApiErrors.Unsupported("File search", resources.PathOf(name));
        }
    }
}
