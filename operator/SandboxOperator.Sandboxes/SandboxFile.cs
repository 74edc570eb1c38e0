namespace SandboxOperator.Sandboxes;

/// <summary>A file opened in a sandbox. Disposing it ends the transfer.</summary>
public sealed class SandboxFile(string path, long bytes, Stream content) : IAsyncDisposable
{
    /// <summary>Relative to the working directory.</summary>
    public string Path { get; } = path;

    /// <summary>Its size when it was opened; the stream never gives more.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Its bytes.</summary>
    public Stream Content { get; } = content;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
