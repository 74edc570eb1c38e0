using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Pools;

/// <summary>The status of a pool. Pure.</summary>
internal static class PoolStatuses
{
    /// <param name="pool">The pool.</param>
    /// <param name="pods">The health of its unclaimed pods.</param>
    /// <param name="blockade">Why no pods can be made; null when they can.</param>
    /// <param name="now">The present.</param>
    public static SandboxPoolStatus Of(
        SandboxPool pool,
        IReadOnlyCollection<PodHealth> pods,
        Blockade? blockade,
        DateTimeOffset now
    )
    {
        var ready = pods.Count(pod => pod.State == PodState.Ready);
        var failing = pods.FirstOrDefault(pod => pod.State == PodState.Failing);
        var isReady = ready >= pool.Spec.MinReady;
        var trouble =
            blockade is not null ? (blockade.Reason, blockade.Message)
            : failing is not null ? (failing.Reason, failing.Message)
            : ((string Reason, string Message)?)null;
        var counts = $"{ready} of {pool.Spec.Replicas} sandboxes are ready, {pool.Spec.MinReady} must be.";
        var condition = new Condition
        {
            Type = ConditionTypes.Ready,
            Status = isReady ? ConditionStatus.True : ConditionStatus.False,
            Reason = isReady ? ConditionReasons.Ready : trouble?.Reason ?? ConditionReasons.TooFewReady,
            Message = trouble is null ? counts : $"{counts} {trouble.Value.Message}",
            LastTransitionTime = new DateTimeOffset(
                now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond),
                TimeSpan.Zero
            ),
            ObservedGeneration = pool.Metadata.Generation,
        };
        return new SandboxPoolStatus
        {
            ObservedGeneration = pool.Metadata.Generation,
            Replicas = pods.Count,
            ReadyReplicas = ready,
            Selector = $"{SandboxLabels.Pool}={pool.Metadata.Name},!{SandboxLabels.Session}",
            Conditions = pool.Status?.Conditions.With(condition) ?? [condition],
        };
    }
}
