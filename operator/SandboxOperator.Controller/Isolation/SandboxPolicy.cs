using k8s.Models;
using SandboxOperator.Api.Resources;

namespace SandboxOperator.Controller.Isolation;

/// <summary>
/// Network policies as they concern sandbox pods. Pure. Policies add up: a pod that any policy selects may do what any
/// of them allows and nothing else, so that one without rules closes, and any other one opens.
/// </summary>
internal static class SandboxPolicy
{
    /// <summary>The name of our policy, the same in every namespace.</summary>
    public const string Name = "sandbox-isolation";

    /// <summary>The label that says whose it is.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>The value of that label.</summary>
    public const string Manager = "sandbox-controller";

    private const string Ingress = "Ingress";
    private const string Egress = "Egress";

    /// <summary>Labels that sandbox pods have, or may have, with values that are not known here.</summary>
    private static readonly string[] Sometimes = [SandboxLabels.Session, SandboxLabels.Pool];

    private static readonly string[] Always = [SandboxLabels.Runtime, SandboxLabels.RuntimeHash];

    /// <summary>The policy that lets no sandbox pod of a namespace send or receive anything, DNS included.</summary>
    public static V1NetworkPolicy Wanted(string @namespace) =>
        new()
        {
            ApiVersion = "networking.k8s.io/v1",
            Kind = "NetworkPolicy",
            Metadata = new V1ObjectMeta
            {
                Name = Name,
                NamespaceProperty = @namespace,
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [ManagedBy] = Manager },
            },
            Spec = new V1NetworkPolicySpec
            {
                PodSelector = new V1LabelSelector
                {
                    MatchLabels = new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        [SandboxLabels.Sandbox] = "true",
                    },
                },
                PolicyTypes = [Ingress, Egress],
            },
        };

    /// <summary>Whether a policy of our name still says what it has to say, and no more.</summary>
    public static bool IsAsWanted(V1NetworkPolicy policy) =>
        policy.Spec is { } spec
        && spec.PodSelector is { MatchExpressions: null or { Count: 0 }, MatchLabels: { Count: 1 } labels }
        && labels.TryGetValue(SandboxLabels.Sandbox, out var value)
        && value == "true"
        && spec.PolicyTypes is { Count: 2 } types
        && types.Contains(Ingress)
        && types.Contains(Egress)
        && (spec.Ingress?.Count ?? 0) == 0
        && (spec.Egress?.Count ?? 0) == 0;

    /// <summary>What a policy opens for sandbox pods: <c>egress</c>, <c>ingress</c>, both, or nothing.</summary>
    public static IReadOnlyList<string> Opens(V1NetworkPolicy policy)
    {
        if (policy.Spec is not { } spec || !MaySelectSandboxes(spec.PodSelector))
        {
            return [];
        }

        var opened = new List<string>(2);
        if (spec.Ingress is { Count: > 0 } && Concerns(spec, Ingress))
        {
            opened.Add("ingress");
        }

        if (spec.Egress is { Count: > 0 } && Concerns(spec, Egress))
        {
            opened.Add("egress");
        }

        return opened;
    }

    private static bool Concerns(V1NetworkPolicySpec spec, string type) =>
        spec.PolicyTypes is not { Count: > 0 } types || types.Contains(type);

    /// <summary>Whether a pod may exist that is a sandbox and selected; one that is empty, or missing, selects all pods.</summary>
    private static bool MaySelectSandboxes(V1LabelSelector? selector) =>
        (selector?.MatchLabels?.All(label => MayHave(label.Key, label.Value)) ?? true)
        && (selector?.MatchExpressions?.All(MayMatch) ?? true);

    private static bool MayMatch(V1LabelSelectorRequirement requirement)
    {
        var (key, values) = (requirement.Key, requirement.Values ?? []);
        return requirement.OperatorProperty switch
        {
            "In" => values.Any(value => MayHave(key, value)),
            "Exists" => key == SandboxLabels.Sandbox || IsOurs(key),
            "NotIn" => key != SandboxLabels.Sandbox || !values.Contains("true", StringComparer.Ordinal),
            "DoesNotExist" => key != SandboxLabels.Sandbox && !Always.Contains(key, StringComparer.Ordinal),
            // A cluster newer than this program: better one report too many.
            _ => true,
        };
    }

    private static bool MayHave(string key, string value) =>
        key == SandboxLabels.Sandbox ? value == "true" : IsOurs(key);

    private static bool IsOurs(string key) =>
        Always.Contains(key, StringComparer.Ordinal) || Sometimes.Contains(key, StringComparer.Ordinal);
}
