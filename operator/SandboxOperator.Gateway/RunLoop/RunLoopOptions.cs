namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Bounds of runs. Section <c>Runs</c>.</summary>
internal sealed class RunLoopOptions
{
    public const string Section = "Runs";

    /// <summary>Runs that are worked on at once; further ones wait as <c>queued</c>.</summary>
    public int MaxConcurrent { get; set; } = 64;

    /// <summary>Seconds from a run's creation to its expiry.</summary>
    public int LifetimeSeconds { get; set; } = 600;

    /// <summary>Turns that a run may ask of the model; one that needs more fails.</summary>
    public int MaxTurns { get; set; } = 24;

    /// <summary>Seconds that a lease lasts unless it is renewed.</summary>
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Seconds between looks at leases, expiries and cancel requests of other replicas.</summary>
    public int PollSeconds { get; set; } = 5;

    /// <summary>
    /// Whether no other process works on this store. A started gateway then takes over at once what its predecessor
    /// left, instead of waiting for the leases to lapse.
    /// </summary>
    public bool SingleReplica { get; set; } = true;

    /// <summary>Milliseconds after which pollers are told to ask again.</summary>
    public int PollAfterMilliseconds { get; set; } = 300;

    /// <summary>Seconds that a stopped call gets to say its last words.</summary>
    public int InterruptSeconds { get; set; } = 10;
}
