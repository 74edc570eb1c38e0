using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Launching;

/// <summary>A runtime that pods can be made from.</summary>
/// <param name="Runtime">The runtime.</param>
/// <param name="StartTimeout">How long a pod may take to start.</param>
/// <param name="Template">What all its new pods have in common; name and owner are missing.</param>
/// <param name="Hashes">What pods may be made from that are there: as new ones, or as good.</param>
/// <param name="Blockade">Why no new pods may be made; null when they may. Those that are there go on.</param>
internal sealed record SandboxRecipe(
    SandboxRuntime Runtime,
    TimeSpan StartTimeout,
    PodRequest Template,
    IReadOnlyList<string> Hashes,
    Blockade? Blockade
)
{
    public bool RequiresNetworkPolicy => Runtime.Spec.Isolation.RequireNetworkPolicy;
}
