using System.Text.Json;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Reads the content of messages as the store keeps it.</summary>
internal static class MessageText
{
    /// <summary>The text parts, joined.</summary>
    public static string Of(string contentJson) =>
        string.Join("\n\n", Parts(contentJson).Where(part => part.Text is not null).Select(part => part.Text));

    /// <summary>The files of the pictures, in order.</summary>
    public static IReadOnlyList<string> Pictures(string contentJson) =>
        [.. Parts(contentJson).Where(part => part.PictureId is not null).Select(part => part.PictureId!)];

    /// <summary>The files that the text links.</summary>
    public static IReadOnlyList<string> LinkedFiles(string contentJson) =>
        [.. Parts(contentJson).SelectMany(part => part.Files).Distinct(StringComparer.Ordinal)];

    /// <summary>The ids in a message's attachments.</summary>
    public static IReadOnlyList<string> Attached(string attachmentsJson)
    {
        using var document = JsonDocument.Parse(attachmentsJson);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(attachment => attachment.GetProperty("file_id").GetString()!)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static List<Part> Parts(string contentJson)
    {
        using var document = JsonDocument.Parse(contentJson);
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static Part Read(JsonElement part)
    {
        switch (part.GetProperty("type").GetString())
        {
            case "text":
                var text = part.GetProperty("text");
                return new Part(text.GetProperty("value").GetString(), null, Files(text));
            case "refusal":
                return new Part(part.GetProperty("refusal").GetString(), null, []);
            case "image_file":
                return new Part(null, part.GetProperty("image_file").GetProperty("file_id").GetString(), []);
            case "image_url":
                // Shown as its address: a page of the console fetches nothing from elsewhere.
                return new Part(part.GetProperty("image_url").GetProperty("url").GetString(), null, []);
            default:
                return new Part(null, null, []);
        }
    }

    private static IReadOnlyList<string> Files(JsonElement text) =>
        text.TryGetProperty("annotations", out var annotations)
            ?
            [
                .. annotations
                    .EnumerateArray()
                    .Where(annotation => annotation.TryGetProperty("file_path", out _))
                    .Select(annotation => annotation.GetProperty("file_path").GetProperty("file_id").GetString()!),
            ]
            : [];

    private sealed record Part(string? Text, string? PictureId, IReadOnlyList<string> Files);
}
