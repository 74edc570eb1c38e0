namespace SandboxOperator.Kube.Leadership;

/// <summary>How processes agree on one that works.</summary>
public sealed class LeaderElectionOptions
{
    /// <summary>Whether to elect; without, this process works at once.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The name of the Lease that they fight for.</summary>
    public string LeaseName { get; set; } = "sandbox-controller";

    /// <summary>Its namespace; when absent that of this process.</summary>
    public string? Namespace { get; set; }

    /// <summary>Who this process is, unlike any other; when absent the host's name and a random number.</summary>
    public string? Identity { get; set; }

    /// <summary>After how long without a sign of the leader another process takes over.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long without success the leader stops of its own; shorter than the lease.</summary>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often leader and others try.</summary>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);
}
