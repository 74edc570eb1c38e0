using k8s.Models;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Pods;

namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>Where a runtime's pods may come to, and by which of a node's handlers they are run there. Pure.</summary>
/// <param name="Handler">The handler's name in the node's status; empty for the node's default.</param>
/// <param name="Selector">Labels that a node must have.</param>
/// <param name="Tolerations">Taints that do not matter.</param>
internal sealed record NodePlacement(
    string Handler,
    IReadOnlyList<KeyValuePair<string, string>> Selector,
    IReadOnlyList<V1Toleration> Tolerations
)
{
    private const string OperatingSystem = "kubernetes.io/os";

    // Nodes are tainted with these while they are in trouble; a pod may come to them when that is over.
    private const string PassingTaints = "node.kubernetes.io/";

    /// <param name="spec">The runtime.</param>
    /// <param name="runtimeClass">Its RuntimeClass, which adds to what its pods ask for; null for none.</param>
    public static NodePlacement Of(SandboxRuntimeSpec spec, V1RuntimeClass? runtimeClass) =>
        new(
            runtimeClass?.Handler ?? "",
            [
                .. spec.Scheduling?.NodeSelector?.AsEnumerable() ?? [],
                .. runtimeClass?.Scheduling?.NodeSelector?.AsEnumerable() ?? [],
            ],
            [
                .. spec.Scheduling?.Tolerations?.Select(PodBuilder.Toleration) ?? [],
                .. runtimeClass?.Scheduling?.Tolerations ?? [],
            ]
        );

    /// <summary>Whether a pod may come to a node, now or when passing trouble is over.</summary>
    public bool Admits(V1Node node) =>
        node.Metadata.DeletionTimestamp is null
        && node.Spec?.Unschedulable != true
        && Label(node, OperatingSystem) is null or "linux"
        && Selector.All(label => Label(node, label.Key) == label.Value)
        && (node.Spec?.Taints ?? []).All(taint =>
            taint.Effect == "PreferNoSchedule"
            || taint.Key.StartsWith(PassingTaints, StringComparison.Ordinal)
            || Tolerations.Any(toleration => Tolerates(toleration, taint))
        );

    /// <summary>Whether a node says that pods get user namespaces there.</summary>
    public bool IsReportedBy(V1Node node) =>
        node.Status?.RuntimeHandlers?.Any(handler =>
            (handler.Name ?? "") == Handler && handler.Features?.UserNamespaces == true
        ) == true;

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (
            toleration.OperatorProperty == "Exists"
                ? string.IsNullOrEmpty(toleration.Key) || toleration.Key == taint.Key
                : toleration.Key == taint.Key && (toleration.Value ?? "") == (taint.Value ?? "")
        );

    private static string? Label(V1Node node, string name) =>
        node.Metadata.Labels is { } labels && labels.TryGetValue(name, out var value) ? value : null;
}
