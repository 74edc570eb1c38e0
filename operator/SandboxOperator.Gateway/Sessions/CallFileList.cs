using System.Text.Json;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>The files of one call, bounded by what an agent may name and a call may show.</summary>
internal sealed class CallFileList(string callId)
{
    private readonly List<CallFile> _pictures = [];
    private readonly List<CallFile> _changed = [];

    /// <summary>The call.</summary>
    public string CallId { get; } = callId;

    /// <summary>Pictures in the order they were shown, then files by path.</summary>
    public IEnumerable<CallFile> Files => _pictures.Concat(_changed);

    /// <summary>A picture was shown and kept.</summary>
    public void Shows(string id, string name, long bytes) => _pictures.Add(new CallFile(id, name, bytes));

    /// <summary>A file was made or changed.</summary>
    public void Changes(string path, long bytes) => _changed.Add(new CallFile(null, path, bytes));

    /// <summary>An answer links the file.</summary>
    public void Delivered(string path, string id)
    {
        var index = _changed.FindIndex(file => file.Name == path);
        if (index >= 0)
        {
            _changed[index] = _changed[index] with { Id = id };
        }
    }

    /// <summary>As the store keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(Files, JsonSerializerOptions.Web);
}
