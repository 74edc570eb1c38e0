using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>The next step of a session. Pure: it follows from the session, the pods that are its own, and the time.</summary>
/// <param name="Step">What to do.</param>
/// <param name="Pod">The pod of <see cref="SessionStep.Keep"/> and <see cref="SessionStep.Pause"/>.</param>
/// <param name="Surplus">Pods to delete.</param>
/// <param name="Expiry">When the session ends.</param>
/// <param name="Again">When time alone changes something.</param>
internal sealed record SessionPlan(
    SessionStep Step,
    V1Pod? Pod,
    IReadOnlyList<V1Pod> Surplus,
    SessionExpiry Expiry,
    DateTimeOffset Again
)
{
    /// <summary>How long after the creation of a pod that failed at once the next one is made.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    /// <summary>How long a session that never started is tried at least.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromHours(1);

    /// <summary>Plans one step.</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>What is over stays over, and goes when it was kept long enough.</item>
    /// <item>A session whose time has come ends. One that never started ends, too: its time counts from its creation.</item>
    /// <item>A suspended session has no pod.</item>
    /// <item>Of several pods, which only writes whose answers were lost can lead to, the one that the status names is
    /// kept, else the one that is ready, else the oldest. All controllers choose the same.</item>
    /// <item>A pod that failed before it was ready is followed by another after a pause.</item>
    /// </list>
    /// </remarks>
    /// <param name="session">The session.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="pods">Its pods, those that are leaving included.</param>
    /// <param name="isLeaving">Whether a pod goes.</param>
    /// <param name="now">The present.</param>
    public static SessionPlan Of(
        SandboxSession session,
        SessionSettings settings,
        IReadOnlyCollection<V1Pod> pods,
        Func<V1Pod, bool> isLeaving,
        DateTimeOffset now
    )
    {
        var status = session.Status;
        var expiry = ExpiryOf(session, settings, now);
        var present = pods.Where(pod => !isLeaving(pod)).ToList();

        // 1.
        if (status?.Conditions.IsTrue(ConditionTypes.Expired) == true)
        {
            var ended = status.EndedAt ?? status.Conditions.Find(ConditionTypes.Expired)!.LastTransitionTime;
            var gone = ended + settings.TtlAfterExpired;
            return Plan(gone <= now ? SessionStep.Remove : SessionStep.Retain, null, present, gone);
        }

        // 2.
        if (expiry.IsExpired)
        {
            return Plan(SessionStep.End, null, present, now);
        }

        // 3.
        if (session.Spec.Suspend)
        {
            return Plan(SessionStep.Suspend, null, present, expiry.ExpiresAt);
        }

        // 4.
        var named = status?.PodRef?.Uid;
        var kept = present
            .Where(pod => !pod.HasEnded())
            .OrderByDescending(pod => pod.Metadata.Uid == named)
            .ThenByDescending(pod => pod.IsReady())
            .ThenBy(pod => pod.CreatedAt())
            .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        if (kept is not null)
        {
            return Plan(SessionStep.Keep, kept, present.Where(pod => pod != kept), expiry.ExpiresAt);
        }

        // 5.
        var failed = present
            .OrderByDescending(pod => pod.CreatedAt())
            .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return failed is not null && failed.CreatedAt() + RetryPause is var retry && retry > now
            ? Plan(SessionStep.Pause, failed, present.Where(pod => pod != failed), Earlier(retry, expiry.ExpiresAt))
            : Plan(SessionStep.Obtain, null, present, expiry.ExpiresAt);

        SessionPlan Plan(SessionStep step, V1Pod? pod, IEnumerable<V1Pod> surplus, DateTimeOffset again) =>
            new(step, pod, [.. surplus], expiry, again);
    }

    private static SessionExpiry ExpiryOf(SandboxSession session, SessionSettings settings, DateTimeOffset now)
    {
        if (session.Status?.StartedAt is { } started)
        {
            var known = session.Status.LastActivityAt;
            var (idle, lifetime) = (settings.IdleTimeout, settings.MaxLifetime);
            return SessionExpiry.Of(started, settings.ReportedActivity, known, idle, lifetime, now);
        }

        // A start may take longer than a session may be idle.
        var patience = settings.IdleTimeout > StartPatience ? settings.IdleTimeout : StartPatience;
        var created = session.Metadata.CreationTimestamp is { } time
            ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
            : now;
        return SessionExpiry.Of(
            created,
            settings.ReportedActivity,
            knownActivity: null,
            patience,
            maxLifetime: null,
            now
        );
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
