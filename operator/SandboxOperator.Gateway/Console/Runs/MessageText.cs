using System.Text.Json;
using SandboxOperator.Gateway.Console.Text;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Reads the content of messages as the store keeps it, or the beginning of it.</summary>
internal static class MessageText
{
    /// <summary>What stands for a picture whose address is the picture itself.</summary>
    private const string DataPicture = "[picture]";

    /// <summary>More addresses of files are not shown of one message.</summary>
    private const int MaxFiles = 100;

    /// <summary>The text parts, joined, as far as a page shows them, without hidden characters.</summary>
    public static string Of(string contentJson)
    {
        var parts = Parts(contentJson, out var cut);
        var text = HiddenCharacters.Show(
            string.Join("\n\n", parts.Where(part => part.Text is not null).Select(part => part.Text))
        );
        return cut
            ? $"{ApiErrors.Shorten(text, CallOutput.MaxChars)}\n\n… The message goes on; the API has all of it. …"
            : CallOutput.OfText(text).Text!;
    }

    /// <summary>The beginning of the text, in one line.</summary>
    public static string Beginning(string contentJson, int chars) =>
        ApiErrors.Shorten(Of(contentJson).ReplaceLineEndings(" "), chars);

    /// <summary>The files of the pictures, in order.</summary>
    public static IReadOnlyList<string> Pictures(string contentJson) =>
        [
            .. Parts(contentJson, out _)
                .Where(part => part.PictureId is not null)
                .Select(part => part.PictureId!)
                .Take(MaxFiles),
        ];

    /// <summary>The files that the text links.</summary>
    public static IReadOnlyList<string> LinkedFiles(string contentJson) =>
        [.. Parts(contentJson, out _).SelectMany(part => part.Files).Distinct(StringComparer.Ordinal).Take(MaxFiles)];

    /// <summary>The ids in a message's attachments.</summary>
    public static IReadOnlyList<string> Attached(string attachmentsJson)
    {
        using var document = JsonDocument.Parse(JsonBeginning.Close(attachmentsJson, out _));
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(attachment => Value(attachment, "file_id"))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Take(MaxFiles),
        ];
    }

    private static List<Part> Parts(string contentJson, out bool cut)
    {
        using var document = JsonDocument.Parse(JsonBeginning.Close(contentJson, out cut));
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static Part Read(JsonElement part) =>
        Value(part, "type") switch
        {
            "text" when part.TryGetProperty("text", out var text) => new Part(Value(text, "value"), null, Files(text)),
            "refusal" => new Part(Value(part, "refusal"), null, []),
            "image_file" when part.TryGetProperty("image_file", out var file) => new Part(
                null,
                Value(file, "file_id"),
                []
            ),
            // Shown as its address: a page of the console fetches nothing from elsewhere.
            "image_url" when part.TryGetProperty("image_url", out var picture) => new Part(
                Value(picture, "url") is { } url && !IsData(url) ? url : DataPicture,
                null,
                []
            ),
            _ => new Part(null, null, []),
        };

    private static bool IsData(string url) => url.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    private static string? Value(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IReadOnlyList<string> Files(JsonElement text) =>
        text.TryGetProperty("annotations", out var annotations)
            ?
            [
                .. annotations
                    .EnumerateArray()
                    .Select(annotation =>
                        annotation.TryGetProperty("file_path", out var file) ? Value(file, "file_id") : null
                    )
                    .OfType<string>(),
            ]
            : [];

    private sealed record Part(string? Text, string? PictureId, IReadOnlyList<string> Files);
}
