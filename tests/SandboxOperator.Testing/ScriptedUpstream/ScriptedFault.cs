namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>What goes wrong in a scripted turn. Chunks are counted from the first of the stream.</summary>
public sealed record ScriptedFault
{
    /// <summary>Answer with this HTTP status instead of the turn.</summary>
    public int? Status { get; init; }

    /// <summary>How many times the fault happens before the turn is served; 0 means always.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The <c>Retry-After</c> header of <see cref="Status"/>.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The error's <c>code</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The error's <c>type</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The error's message.</summary>
    public string? Message { get; init; }

    /// <summary>Cut the connection after this many chunks.</summary>
    public int? CutAfter { get; init; }

    /// <summary>End the response cleanly, without finish_reason and <c>[DONE]</c>, after this many chunks.</summary>
    public int? EndAfter { get; init; }

    /// <summary>Send nothing more after this many chunks, and keep the connection open.</summary>
    public int? HangAfter { get; init; }

    /// <summary>Send an error object after this many chunks.</summary>
    public int? ErrorAfter { get; init; }

    /// <summary>Answer 400 when the request has <c>stream_options</c>.</summary>
    public bool RejectsStreamOptions { get; init; }
}
