using System.Buffers.Text;
using System.Text.Json;
using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// A line from the kernel's control socket. User code can write there as well as kernel.py can, so every member is
/// looked at before it goes further.
/// </summary>
internal abstract record KernelMessage
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLineBytes = 15 * 1024 * 1024;

    private const int MaxDepth = 4;
    private const int MaxName = 256;

    private static readonly HashSet<string> TextTypes =
    [
        "text/plain",
        "text/html",
        "text/markdown",
        "text/latex",
        "application/json",
        "image/svg+xml",
    ];

    private static readonly HashSet<string> PictureTypes = ["image/png", "image/jpeg"];

    internal sealed record Ready(int Process) : KernelMessage;

    /// <summary>Wants an ack once what was printed before has been taken.</summary>
    internal sealed record Sync(long Number) : KernelMessage;

    internal sealed record Display(long Number, bool IsResult, IReadOnlyDictionary<string, string> Data)
        : KernelMessage;

    internal sealed record Error(string Name, string Value, string Traceback) : KernelMessage;

    internal sealed record Done(string Call, bool Ok) : KernelMessage;

    /// <summary>Reads a line.</summary>
    /// <exception cref="LinkException">It is not a message.</exception>
    public static KernelMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed != line.Length)
            {
                throw new LinkException("more than one value on a line");
            }

            var root = document.RootElement;
            return Text(root, "type") switch
            {
                "ready" => new Ready(root.GetProperty("pid").GetInt32()),
                "sync" => new Sync(root.GetProperty("n").GetInt64()),
                "display" => new Display(
                    root.GetProperty("n").GetInt64(),
                    root.GetProperty("is_result").GetBoolean(),
                    Representations(root.GetProperty("data"))
                ),
                "error" => new Error(ShortName(root), Text(root, "value"), Text(root, "traceback")),
                "done" => new Done(
                    Text(root, "call"),
                    string.Equals(Text(root, "status"), "ok", StringComparison.Ordinal)
                ),
                var other => throw new LinkException($"unknown type {other}"),
            };
        }
        // What JsonElement throws for absent members, other kinds of values, broken surrogates and numbers out of range.
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new LinkException($"a line is not a message: {e.Message}", e);
        }
    }

    private static string ShortName(JsonElement root)
    {
        var name = Text(root, "name");
        return name.Length <= MaxName ? name : name[..MaxName];
    }

    private static string Text(JsonElement root, string member) =>
        root.GetProperty(member).GetString() ?? throw new LinkException($"{member} is null");

    private static Dictionary<string, string> Representations(JsonElement data)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in data.EnumerateObject())
        {
            var content = member.Value.GetString();
            if (
                content is not null
                && (TextTypes.Contains(member.Name) || (PictureTypes.Contains(member.Name) && Base64.IsValid(content)))
            )
            {
                result[member.Name] = content;
            }
        }

        return result;
    }
}
