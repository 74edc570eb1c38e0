namespace SandboxOperator.Api.Agent;

/// <summary>Something displayed: a figure, a rich representation, or the value of the last expression.</summary>
public sealed record CallDisplay : CallEvent
{
    /// <summary>True for the value of the cell's last expression, false for what was displayed explicitly.</summary>
    public bool IsResult { get; init; }

    /// <summary>MIME type to content: text as it is, <c>image/png</c> and <c>image/jpeg</c> as base64.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }
}
