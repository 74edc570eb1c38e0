using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Messages;

/// <summary>The content of a message that a request asks for.</summary>
/// <param name="Json">JSON array of parts, as answers show them.</param>
/// <param name="FileIds">The pictures it shows, each with the path of its parameter.</param>
internal sealed record ContentDraft(string Json, IReadOnlyList<(string Id, string Path)> FileIds)
{
    private const int MaxText = 256_000;

    /// <summary>Reads <c>content</c>: a text, or a list of parts.</summary>
    public static ContentDraft Read(JsonObjectReader reader)
    {
        const string name = "content";
        var value = reader.RequiredValue(name);
        var files = new List<(string, string)>();
        var json = WireJson.Text(writer =>
        {
            writer.WriteStartArray();
            if (value.ValueKind == JsonValueKind.String)
            {
                WriteText(writer, reader.RequiredString(name, MaxText));
            }
            else
            {
                foreach (var part in Parts(reader, name, value))
                {
                    WritePart(writer, part, files);
                }
            }
            writer.WriteEndArray();
        });
        return new ContentDraft(json, files);
    }

    private static IReadOnlyList<JsonObjectReader> Parts(JsonObjectReader reader, string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? reader.Objects(name, minimum: 1)!
            : throw ApiErrors.WrongType(reader.PathOf(name), "a string or an array", JsonKinds.Describe(value));

    private static void WritePart(Utf8JsonWriter writer, JsonObjectReader part, List<(string, string)> files)
    {
        switch (part.RequiredWord("type", "text", "image_file", "image_url"))
        {
            case "text":
                WriteText(writer, part.RequiredString("text", MaxText));
                break;
            case "image_file":
                var image = part.RequiredObject("image_file");
                var id = image.RequiredString("file_id");
                files.Add((id, image.PathOf("file_id")));
                WriteImage(writer, "image_file", "file_id", id, image);
                break;
            default:
                var link = part.RequiredObject("image_url");
                WriteImage(writer, "image_url", "url", ReadUrl(link), link);
                break;
        }
        part.End();
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteStartObject("text");
        writer.WriteString("value", text);
        writer.WriteStartArray("annotations");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter writer, string type, string key, string value, JsonObjectReader image)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteStartObject(type);
        writer.WriteString(key, value);
        writer.WriteString("detail", image.Word("detail", "auto", "low", "high") ?? "auto");
        writer.WriteEndObject();
        writer.WriteEndObject();
        image.End();
    }

    private static string ReadUrl(JsonObjectReader link)
    {
        var url = link.RequiredString("url");
        var known =
            url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || url.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);
        return known
            ? url
            : throw ApiErrors.InvalidValue(
                link.PathOf("url"),
                $"Invalid '{link.PathOf("url")}': expected an http or https address, or a data URI of an image."
            );
    }
}
