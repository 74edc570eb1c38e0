using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Pools;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>Tells people and metrics what is new in a session's status.</summary>
internal sealed class SessionEvents(IEventPublisher events, IResourceCache<SandboxPool> pools)
{
    /// <summary>Compares a session before and after a write.</summary>
    public void Publish(SandboxSession before, SandboxSession after)
    {
        var (old, now) = (before.Status ?? new SandboxSessionStatus(), after.Status!);
        var ready = now.Conditions.Find(ConditionTypes.Ready);
        var isNewPod = now.PodRef is not null && now.PodRef.Uid != old.PodRef?.Uid;
        if (isNewPod && (now.Replacements ?? 0) > (old.Replacements ?? 0))
        {
            SessionMetrics.Replacements.Inc();
            var lost =
                old.PodRef is null || old.Phase == SessionPhases.Suspended
                    ? "The sandbox was given up"
                    : $"The sandbox {old.PodRef.Name} is gone";
            var message = $"{lost}; its variables and files are lost. {now.PodRef!.Name} takes its place.";
            events.Publish(after, "SandboxReplaced", message, EventType.Warning);
        }

        if (isNewPod)
        {
            SessionMetrics.Claims.WithLabels(now.Launch!).Inc();
            if (now.Launch == SessionLaunch.Cold && pools.KeepSome(after))
            {
                PoolMetrics.Misses.WithLabels(after.Metadata.NamespaceProperty, after.Spec.RuntimeRef.Name).Inc();
            }

            var how = now.Launch == SessionLaunch.Warm ? "was waiting in a pool" : "was made for the session";
            events.Publish(after, $"{now.Launch}Start", $"The sandbox {now.PodRef!.Name} {how}.");
        }

        if (old.StartedAt is null && now.StartedAt is { } started)
        {
            var created = after.Metadata.CreationTimestamp ?? started.UtcDateTime;
            SessionMetrics
                .StartSeconds.WithLabels(now.Launch!)
                .Observe(Math.Max(0, (started.UtcDateTime - created).TotalSeconds));
        }

        var reason = ready?.Reason;
        if (ConditionReasons.IsFailure(reason) && reason != old.Conditions.Find(ConditionTypes.Ready)?.Reason)
        {
            events.Publish(after, reason!, ready!.Message, EventType.Warning);
        }

        if (now.Phase == SessionPhases.Suspended && old.Phase != SessionPhases.Suspended)
        {
            events.Publish(after, "Suspended", ready!.Message);
        }

        if (now.Phase == SessionPhases.Expired && old.Phase != SessionPhases.Expired)
        {
            var end = now.Conditions.Find(ConditionTypes.Expired)!;
            SessionMetrics.Ends.WithLabels(end.Reason).Inc();
            events.Publish(after, "Expired", end.Message);
        }
    }
}
