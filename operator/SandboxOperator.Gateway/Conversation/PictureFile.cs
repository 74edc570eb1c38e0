namespace SandboxOperator.Gateway.Conversation;

/// <summary>A stored file that a user message shows. Disposing it ends the reading.</summary>
internal sealed class PictureFile(string name, long bytes, Stream content) : IAsyncDisposable
{
    /// <summary>The file's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its size.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Its bytes.</summary>
    public Stream Content { get; } = content;

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
