using System.Text.Json;

namespace SandboxOperator.Agent.Link;

/// <summary>Reads messages from a stream, blocking or not. For one reader at a time.</summary>
internal sealed class LinkReader(Stream stream)
{
    /// <summary>Longest line in bytes, newline not counted.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    private readonly LineReader _lines = new(stream, MaxLineBytes);

    /// <summary>Whether another message has been read already, or the beginning of something that is none.</summary>
    public bool HasMore => _lines.HasLine;

    /// <summary>Blocks for the next message; null when the peer has closed the connection.</summary>
    /// <exception cref="LinkException">The peer broke the protocol.</exception>
    public LinkMessage? Read() => _lines.Read() is { } line ? Parse(line.Span) : null;

    /// <inheritdoc cref="Read" />
    public async ValueTask<LinkMessage?> ReadAsync(CancellationToken cancellationToken) =>
        await _lines.ReadAsync(cancellationToken) is { } line ? Parse(line.Span) : null;

    /// <summary>Reads one line.</summary>
    /// <exception cref="LinkException">The line is not a message.</exception>
    public static LinkMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LinkJson.Default.LinkMessage)
                ?? throw new LinkException("a line is not a message but null");
        }
        // NotSupportedException: an object without a type.
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new LinkException($"a line is not a message: {e.Message}", e);
        }
    }
}
