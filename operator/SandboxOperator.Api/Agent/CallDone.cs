namespace SandboxOperator.Api.Agent;

/// <summary>The call has ended.</summary>
public sealed record CallDone : CallEvent
{
    /// <summary>How it ended, one of <see cref="CallStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>What the model should read when the status is not <c>ok</c> or <c>error</c>; else null.</summary>
    public string? Message { get; init; }

    /// <summary>True when the kernel did not survive: the next call starts with no variables.</summary>
    public bool StateLost { get; init; }

    /// <summary>Milliseconds from the kernel's start of the code to its end.</summary>
    public double DurationMs { get; init; }

    /// <summary>Bytes of output that were left out because the output limit was hit; 0 when complete.</summary>
    public long OmittedBytes { get; init; }
}
