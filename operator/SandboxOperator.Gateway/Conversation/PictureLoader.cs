using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Loads the pictures that user messages show, newest first, until a request has enough of them.</summary>
internal static class PictureLoader
{
    /// <summary>The largest picture that is sent.</summary>
    public const long MaxBytes = 10 * 1024 * 1024;

    /// <summary>All pictures of a request together.</summary>
    public const long MaxTotalBytes = 32 * 1024 * 1024;

    /// <param name="history">The thread.</param>
    /// <param name="open">Opens a file by id; null when there is none, or when it belongs to somebody else.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    public static async Task<IReadOnlyDictionary<string, Picture>> LoadAsync(
        IReadOnlyList<HistoryItem> history,
        Func<string, CancellationToken, Task<PictureFile?>> open,
        CancellationToken cancellationToken
    )
    {
        var pictures = new Dictionary<string, Picture>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var id in FileIds(history).Reverse().Distinct(StringComparer.Ordinal))
        {
            await using var file = await open(id, cancellationToken);
            if (file is null)
            {
                continue;
            }
            if (file.Bytes > MaxBytes || total + file.Bytes > MaxTotalBytes)
            {
                pictures[id] = new Picture(file.Name, file.Bytes, null, "it is too large");
                continue;
            }
            var bytes = new byte[file.Bytes];
            await file.Content.ReadExactlyAsync(bytes, cancellationToken);
            if (MimeType(bytes) is not { } type)
            {
                pictures[id] = new Picture(file.Name, file.Bytes, null, "it is not a PNG, JPEG, GIF or WebP file");
                continue;
            }
            total += file.Bytes;
            pictures[id] = new Picture(file.Name, file.Bytes, $"data:{type};base64,{Convert.ToBase64String(bytes)}");
        }
        return pictures;
    }

    /// <summary>The picture files of user messages, in order.</summary>
    public static IEnumerable<string> FileIds(IReadOnlyList<HistoryItem> history) =>
        history
            .OfType<ClientMessage>()
            .Where(message => message.Role == "user")
            .SelectMany(message => message.Content)
            .Select(part => (string?)(part as JsonObject)?["image_file"]?["file_id"])
            .OfType<string>();

    private static string? MimeType(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
                "image/webp",
            _ => null,
        };
}
