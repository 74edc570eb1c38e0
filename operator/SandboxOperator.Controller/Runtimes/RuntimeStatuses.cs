using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.UserNamespaces;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Runtimes;

/// <summary>The status of a runtime. Pure, and equal for an equal situation, so that nothing is written when nothing is new.</summary>
internal static class RuntimeStatuses
{
    /// <summary>The status for what is known.</summary>
    /// <param name="runtime">The runtime, with its present status.</param>
    /// <param name="problems">What is wrong with its spec, each beginning with the field's path.</param>
    /// <param name="lastSeen">What the newest sandbox of the namespace found; null when none could say.</param>
    /// <param name="openedBy">Why sandboxes of the namespace are open whatever is enforced; null for no reason.</param>
    /// <param name="nodes">What nodes say of user namespaces; null when it does not matter.</param>
    /// <param name="now">The present.</param>
    public static SandboxRuntimeStatus Of(
        SandboxRuntime runtime,
        IReadOnlyList<string> problems,
        Condition? lastSeen,
        string? openedBy,
        NodeAnswer? nodes,
        DateTimeOffset now
    )
    {
        var known = runtime.Status ?? new SandboxRuntimeStatus();
        var decided = known.Conditions.Find(ConditionTypes.UserNamespace);
        var userNamespace = UserNamespaceVerdict.Of(
            runtime.Spec.Isolation.UserNamespace,
            nodes,
            // Whoever changes a runtime wants to see what comes of it.
            decided?.ObservedGeneration == runtime.Metadata.Generation
                ? decided
                : null,
            now
        );
        return known with
        {
            ObservedGeneration = runtime.Metadata.Generation,
            Conditions = known
                .Conditions.With(Complete(Ready(runtime.Spec, problems, userNamespace)))
                .With(Complete(Network(known.Conditions, lastSeen, openedBy)))
                .With(Complete(userNamespace)),
        };

        Condition Complete(Condition condition) =>
            condition with
            {
                // As the API server stores it.
                LastTransitionTime = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
                ObservedGeneration = runtime.Metadata.Generation,
            };
    }

    private static Condition Ready(SandboxRuntimeSpec spec, IReadOnlyList<string> problems, Condition userNamespace) =>
        problems.Count > 0
            ? Make(
                ConditionTypes.Ready,
                ConditionStatus.False,
                ConditionReasons.InvalidSpec,
                string.Join("; ", problems)
            )
        : !spec.AcceptSessions
            ? Make(
                ConditionTypes.Ready,
                ConditionStatus.False,
                ConditionReasons.SessionsRefused,
                "spec.acceptSessions is false: no new session starts; those that run go on."
            )
        : spec.Isolation.UserNamespace == UserNamespaceSettings.Required && UserNamespaceUse.Refuses(userNamespace)
            ? Make(ConditionTypes.Ready, ConditionStatus.False, userNamespace.Reason, userNamespace.Message)
        : Make(ConditionTypes.Ready, ConditionStatus.True, ConditionReasons.Ready, "Sessions can use it.");

    /// <summary>What was seen before stays true until something else is seen, but for a policy that is gone.</summary>
    private static Condition Network(IReadOnlyList<Condition>? known, Condition? lastSeen, string? openedBy)
    {
        var before = known.Find(ConditionTypes.NetworkPolicyEnforced);
        return openedBy is not null
            ? Make(
                ConditionTypes.NetworkPolicyEnforced,
                ConditionStatus.False,
                ConditionReasons.OpenedByPolicy,
                openedBy
            )
            : lastSeen
                ?? (before?.Reason == ConditionReasons.OpenedByPolicy ? null : before)
                ?? Make(
                    ConditionTypes.NetworkPolicyEnforced,
                    ConditionStatus.Unknown,
                    ConditionReasons.NotTested,
                    "No sandbox of this namespace has tried yet."
                );
    }

    private static Condition Make(string type, string status, string reason, string message) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
        };
}
