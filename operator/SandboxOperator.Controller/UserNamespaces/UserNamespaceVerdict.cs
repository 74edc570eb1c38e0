using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;

namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>
/// Whether new pods of a runtime get a user namespace, as a condition of the runtime. Pure. There it outlives the
/// controller, and everybody sees it.
/// </summary>
internal static class UserNamespaceVerdict
{
    /// <summary>For how long all nodes must have reported them after one did not.</summary>
    public static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(10);

    /// <summary>The condition, without generation and with the present as its time of transition.</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>A node that does not report them counts at once: pods could not start there, or would start without.</item>
    /// <item>Nodes that all report them count at once the first time. After one that did not, only when they have all done
    /// so for a while, so that nodes that come and go do not change pods again and again.</item>
    /// <item>Without an answer, what was decided stays. Without nodes it does, too, but for a refusal: a node is only
    /// added for pods that wait for it.</item>
    /// </list>
    /// </remarks>
    /// <param name="setting">One of <see cref="UserNamespaceSettings"/>.</param>
    /// <param name="answer">What the nodes say; not looked at when the setting is Off.</param>
    /// <param name="known">What was decided before, for the same generation of the runtime; null for nothing.</param>
    /// <param name="now">The present.</param>
    public static Condition Of(string setting, NodeAnswer? answer, Condition? known, DateTimeOffset now)
    {
        if (setting == UserNamespaceSettings.Off || answer is null)
        {
            return Make(
                ConditionStatus.False,
                ConditionReasons.SwitchedOff,
                "spec.isolation.userNamespace is Off: pods use the users of their node."
            );
        }

        var isRequired = setting == UserNamespaceSettings.Required;
        known = known?.Reason == ConditionReasons.NodesUnread ? null : known;
        return answer.Kind switch
        {
            // 1.
            NodeAnswerKind.OneDoesNot => Make(
                ConditionStatus.False,
                ConditionReasons.UserNamespacesMissing,
                isRequired
                    ? $"{answer.Message} spec.isolation.userNamespace requires them: no new pods are made."
                    : $"{answer.Message} New pods get none."
            ),

            // 2.
            NodeAnswerKind.AllReport when !isRequired && MustSettle(known, now) => Make(
                ConditionStatus.Unknown,
                ConditionReasons.Settling,
                $"{answer.Message} New pods get them when that has been so for {SettlingTime.TotalMinutes:0} minutes."
            ),
            NodeAnswerKind.AllReport => Make(ConditionStatus.True, ConditionReasons.ReportedByNodes, answer.Message),

            // 3.
            NodeAnswerKind.NoNode when known is not null && !(isRequired && known.Status == ConditionStatus.False) =>
                known,
            NodeAnswerKind.NoNode => Make(ConditionStatus.Unknown, ConditionReasons.NoNodes, answer.Message),
            _ => known ?? Make(ConditionStatus.Unknown, ConditionReasons.NodesUnread, answer.Message),
        };
    }

    private static bool MustSettle(Condition? known, DateTimeOffset now) =>
        known
            is { Status: ConditionStatus.False }
                or { Reason: ConditionReasons.Settling, Status: ConditionStatus.Unknown }
        && !(known.Reason == ConditionReasons.Settling && now - known.LastTransitionTime >= SettlingTime);

    private static Condition Make(string status, string reason, string message) =>
        new()
        {
            Type = ConditionTypes.UserNamespace,
            Status = status,
            Reason = reason,
            Message = message,
        };
}
