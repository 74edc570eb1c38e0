namespace SandboxOperator.Api.Agent;

/// <summary>
/// Body of <c>POST /calls</c>: one execution of code in the sandbox's kernel.
/// </summary>
/// <remarks>
/// A call runs at most once. The same id with the same code attaches to the running call, or replays its events;
/// the same id with other code is refused with 409 <see cref="AgentErrorCodes.CallIdReused"/>.
/// </remarks>
public sealed record CallRequest
{
    /// <summary>The call's id, chosen by the caller; 1 to 128 characters of <c>[A-Za-z0-9_-]</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Python source for IPython: magics and <c>!</c> shell escapes are allowed.</summary>
    public required string Code { get; init; }

    /// <summary>
    /// The agent incarnation the caller means. Another one is refused with 412
    /// <see cref="AgentErrorCodes.IncarnationMismatch"/>, because the variables the caller relies on are gone.
    /// </summary>
    public required string Incarnation { get; init; }

    /// <summary>
    /// The lease epoch of the caller. An epoch below the highest one seen is refused with 409
    /// <see cref="AgentErrorCodes.EpochFenced"/>: the caller lost its run to another replica.
    /// </summary>
    public long Epoch { get; init; }

    /// <summary>Seconds the code may run; null or more than the sandbox's limit means the limit.</summary>
    public int? TimeoutSeconds { get; init; }
}
