namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>A line of the call log: a call starts (with code), ends (with result), or only an epoch was seen.</summary>
internal sealed record CallLogLine
{
    public string? Call { get; init; }

    /// <summary>SHA-256 of the code, hexadecimal.</summary>
    public string? Code { get; init; }

    public long? Epoch { get; init; }

    /// <summary>The number of the recorded result.</summary>
    public long? Result { get; init; }

    /// <summary>The recorded result itself, when it is short: lines of JSON. Else it is in a file of its own.</summary>
    public string? Events { get; init; }
}
