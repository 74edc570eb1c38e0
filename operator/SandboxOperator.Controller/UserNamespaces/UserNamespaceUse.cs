using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>What a runtime's condition means for its pods. Pure.</summary>
/// <param name="IsGiven">New pods get a user namespace.</param>
/// <param name="AlsoFits">A pod will do that differs from new ones in nothing but this.</param>
/// <param name="Blockade">Why no new pods may be made; null when they may.</param>
internal sealed record UserNamespaceUse(bool IsGiven, bool AlsoFits, Blockade? Blockade)
{
    /// <remarks>
    /// Where new pods have to do without, those that have one go on: a node that comes and goes costs no warm pod. Where
    /// new pods get one, those without are replaced.
    /// </remarks>
    public static UserNamespaceUse Of(SandboxRuntime runtime)
    {
        var setting = runtime.Spec.Isolation.UserNamespace;
        if (setting == UserNamespaceSettings.Off)
        {
            return new UserNamespaceUse(IsGiven: false, AlsoFits: false, Blockade: null);
        }

        var isRequired = setting == UserNamespaceSettings.Required;
        var condition = runtime.Status?.Conditions.Find(ConditionTypes.UserNamespace);
        if (condition is null || condition.ObservedGeneration != runtime.Metadata.Generation)
        {
            return new UserNamespaceUse(
                isRequired,
                AlsoFits: !isRequired,
                new Blockade(ConditionReasons.Starting, "Waits until nodes have been asked for user namespaces.")
            );
        }

        if (isRequired)
        {
            return new UserNamespaceUse(
                IsGiven: true,
                AlsoFits: false,
                Refuses(condition) ? new Blockade(condition.Reason, condition.Message) : null
            );
        }

        var isGiven = condition.Status == ConditionStatus.True;
        return new UserNamespaceUse(isGiven, AlsoFits: !isGiven, Blockade: null);
    }

    /// <summary>Whether pods that must have a user namespace may not be made. Without any node they may: one is added for them.</summary>
    public static bool Refuses(Condition userNamespace) =>
        userNamespace is { Status: ConditionStatus.False } or { Reason: ConditionReasons.NodesUnread };
}
