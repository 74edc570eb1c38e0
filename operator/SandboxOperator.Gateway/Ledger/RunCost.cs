using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>What a run has cost so far.</summary>
/// <param name="SessionNanos">Nano-dollars of the sessions, and periods of sessions, that its calls have started.</param>
/// <param name="TokenNanos">Nano-dollars of its tokens; null when one of its models has no price.</param>
internal sealed record RunCost(long SessionNanos, long? TokenNanos)
{
    /// <summary>What a run's row says; it is brought up to date when the run's status changes.</summary>
    public static RunCost Of(RunEntity run) => new(run.SessionNanos, run.TokenNanos);

    /// <summary>What turns have cost; null when the price of one is not known.</summary>
    public static long? Tokens(IEnumerable<TokenUseEntity> uses) =>
        uses.Aggregate((long?)0, (sum, use) => sum + use.InputNanos + use.CachedInputNanos + use.OutputNanos);
}
