using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>
/// The status of a session in a situation. Pure, and equal for an equal situation, so that nothing is written when
/// nothing is new. Times are whole seconds: the start is rounded up, so that no session ends early.
/// </summary>
internal static class SessionStatuses
{
    /// <summary>The session is over.</summary>
    public static SandboxSessionStatus Ended(
        SandboxSession session,
        SessionPlan plan,
        bool byLifetime,
        DateTimeOffset now
    )
    {
        var (reason, message) = byLifetime
            ? (ConditionReasons.MaxLifetime, "The session reached its maximal lifetime.")
            : (ConditionReasons.IdleTimeout, "The session was not used for its idle timeout.");
        var status = Common(session, plan);
        return status with
        {
            Phase = SessionPhases.Expired,
            EndedAt = Down(now),
            Conditions = Ready(
                    status.Conditions,
                    session,
                    ConditionStatus.False,
                    ConditionReasons.Expired,
                    "The session is over.",
                    now
                )
                .With(Condition(session, ConditionTypes.Expired, ConditionStatus.True, reason, message, now)),
        };
    }

    /// <summary>The session goes on without a sandbox.</summary>
    public static SandboxSessionStatus Suspended(SandboxSession session, SessionPlan plan, DateTimeOffset now)
    {
        const string Message =
            "The session goes on without a sandbox, as spec.suspend asks; variables and files are lost.";
        var status = Common(session, plan);
        return status with
        {
            Phase = SessionPhases.Suspended,
            Conditions = Ready(
                status.Conditions,
                session,
                ConditionStatus.False,
                ConditionReasons.Suspended,
                Message,
                now
            ),
        };
    }

    /// <summary>There is no pod.</summary>
    public static SandboxSessionStatus Blocked(
        SandboxSession session,
        SessionPlan plan,
        Blockade blockade,
        DateTimeOffset now
    )
    {
        var status = Common(session, plan);
        return status with
        {
            Phase = ConditionReasons.IsFailure(blockade.Reason) ? SessionPhases.Failed : SessionPhases.Pending,
            Conditions = Ready(
                status.Conditions,
                session,
                ConditionStatus.False,
                blockade.Reason,
                blockade.Message,
                now
            ),
        };
    }

    /// <summary>There is a pod.</summary>
    /// <param name="session">The session.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="pod">Its pod.</param>
    /// <param name="health">How far the pod is, <see cref="Verdict"/> included.</param>
    /// <param name="lost">What became of the pod before it, if there was one.</param>
    /// <param name="now">The present.</param>
    /// <param name="runtime">What is known of its runtime.</param>
    /// <param name="requiresNetworkPolicy">Whether the pod must have found itself that policies are enforced.</param>
    public static SandboxSessionStatus WithPod(
        SandboxSession session,
        SessionPlan plan,
        V1Pod pod,
        PodHealth health,
        string lost,
        DateTimeOffset now,
        SandboxRuntimeStatus? runtime = null,
        bool requiresNetworkPolicy = false
    )
    {
        var status = Common(session, plan);
        var isolation = PodIsolation.Of(pod, Down(now), runtime, requiresNetworkPolicy);
        var isReady = health.State == PodState.Ready;
        if (IsReplacement(session, pod))
        {
            status = status with { Replacements = (status.Replacements ?? 0) + 1 };
        }

        if (isReady && status.StartedAt is null)
        {
            var settings = SessionSettings.Of(session);
            var started = Up(now);
            var expiry = SessionExpiry.Of(
                started,
                settings.ReportedActivity,
                knownActivity: null,
                settings.IdleTimeout,
                settings.MaxLifetime,
                now
            );
            status = status with
            {
                StartedAt = started,
                LastActivityAt = Up(expiry.LastActivityAt),
                ExpiresAt = Up(expiry.ExpiresAt),
            };
        }

        var (reason, message) = Explain(session, pod, health, lost);
        return status with
        {
            Phase =
                isReady ? SessionPhases.Ready
                : health.State == PodState.Failing ? SessionPhases.Failed
                : SessionPhases.Starting,
            PodRef = new PodReference { Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
            Launch = pod.Label(SandboxLabels.Pool) is null ? SessionLaunch.Cold : SessionLaunch.Warm,
            Conditions = Ready(
                    status.Conditions,
                    session,
                    isReady ? ConditionStatus.True : ConditionStatus.False,
                    reason,
                    message,
                    now
                )
                .With(isolation.NetworkIsolated with { ObservedGeneration = session.Metadata.Generation })
                .With(isolation.NetworkPolicyEnforced with { ObservedGeneration = session.Metadata.Generation }),
        };
    }

    /// <summary>A pod's health, and what its session makes of it: isolation and a spec that is wrong come first.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="health">How far it is.</param>
    /// <param name="requiresNetworkPolicy">
    /// Whether it must have found itself that policies are enforced; null when that is not known, because its runtime is
    /// gone: then a sandbox that is ready goes on, and nobody uses one that is not.
    /// </param>
    /// <param name="problem">What is wrong with the session's spec.</param>
    /// <param name="now">The present.</param>
    /// <param name="runtime">What is known of its runtime.</param>
    public static PodHealth Verdict(
        V1Pod pod,
        PodHealth health,
        bool? requiresNetworkPolicy,
        string? problem,
        DateTimeOffset now,
        SandboxRuntimeStatus? runtime = null
    )
    {
        var isolation = PodIsolation.Of(pod, now, runtime, requiresNetworkPolicy == true);
        if (isolation.NetworkIsolated.Status == ConditionStatus.False)
        {
            return new PodHealth(PodState.Failing, ConditionReasons.NotIsolated, isolation.NetworkIsolated.Message);
        }

        if (problem is not null)
        {
            return new PodHealth(PodState.Failing, ConditionReasons.InvalidSpec, problem);
        }

        var isProven = isolation.NetworkPolicyEnforced.Status == ConditionStatus.True;
        return health.State switch
        {
            PodState.Ready when requiresNetworkPolicy == true && !isProven => new PodHealth(
                PodState.Failing,
                ConditionReasons.NetworkPolicyNotEnforced,
                $"The runtime requires network policies to be enforced: {isolation.NetworkPolicyEnforced.Message}"
            ),
            PodState.Starting when requiresNetworkPolicy == false || isProven => health with
            {
                Reason = ConditionReasons.AwaitingAgent,
            },
            _ => health,
        };
    }

    /// <summary>
    /// Whether a pod takes the place of one in which code may have run: a gateway may have used that before it was seen
    /// here to be ready.
    /// </summary>
    public static bool IsReplacement(SandboxSession session, V1Pod pod) =>
        session.Status is { } status
        && status.PodRef?.Uid != pod.Metadata.Uid
        && (
            status.StartedAt is not null
            || (status.PodRef is not null && SessionSettings.Of(session).ReportedActivity is not null)
        );

    private static (string Reason, string Message) Explain(
        SandboxSession session,
        V1Pod pod,
        PodHealth health,
        string lost
    )
    {
        var before = session.Status?.Conditions.Find(ConditionTypes.Ready);
        if (health.State == PodState.Failing)
        {
            return (health.Reason, health.Message);
        }

        if (IsReplacement(session, pod))
        {
            var what = $"{lost}; its variables and files are lost.";
            return health.State == PodState.Ready
                ? (health.Reason, $"{health.Message} {what}")
                : (ConditionReasons.Replacing, $"{what} Another one is starting.");
        }

        // The same pod: what was said of its predecessor still holds.
        return health.State switch
        {
            PodState.Ready when before?.Reason == ConditionReasons.Replacing => (
                health.Reason,
                $"{health.Message} {before.Message.Replace(" Another one is starting.", "", StringComparison.Ordinal)}"
            ),
            PodState.Ready when before?.Reason == ConditionReasons.Ready => (before.Reason, before.Message),
            PodState.Starting when before?.Reason == ConditionReasons.Replacing => (before.Reason, before.Message),
            _ => (health.Reason, health.Message),
        };
    }

    private static SandboxSessionStatus Common(SandboxSession session, SessionPlan plan)
    {
        var status = session.Status ?? new SandboxSessionStatus();
        var hasStarted = status.StartedAt is not null;
        return status with
        {
            ObservedGeneration = session.Metadata.Generation,
            LastActivityAt = hasStarted ? Up(plan.Expiry.LastActivityAt) : null,
            ExpiresAt = hasStarted ? Up(plan.Expiry.ExpiresAt) : null,
        };
    }

    private static IReadOnlyList<Condition> Ready(
        IReadOnlyList<Condition>? conditions,
        SandboxSession session,
        string status,
        string reason,
        string message,
        DateTimeOffset now
    ) => conditions.With(Condition(session, ConditionTypes.Ready, status, reason, message, now));

    private static Condition Condition(
        SandboxSession session,
        string type,
        string status,
        string reason,
        string message,
        DateTimeOffset now
    ) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = Down(now),
            ObservedGeneration = session.Metadata.Generation,
        };

    private static DateTimeOffset Down(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static DateTimeOffset Up(DateTimeOffset time) => Down(time.AddTicks(TimeSpan.TicksPerSecond - 1));
}
