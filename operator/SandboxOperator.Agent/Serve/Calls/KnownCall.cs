namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>A call that was started, by this agent or an earlier one.</summary>
internal sealed class KnownCall(string id, string codeHash, bool isOurs)
{
    public string Id { get; } = id;

    /// <summary>SHA-256 of the code, hexadecimal.</summary>
    public string CodeHash { get; } = codeHash;

    /// <summary>False when an earlier agent started it.</summary>
    public bool IsOurs { get; } = isOurs;

    /// <summary>The number of its recorded result, or null: it runs, or how it ended is not known any more.</summary>
    public long? Result { get; set; }

    /// <summary>The recorded result, if it is one that the log itself holds.</summary>
    public string? Events { get; set; }
}
