using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Launching;

/// <summary>A runtime that pods can be made from.</summary>
/// <param name="Runtime">The runtime.</param>
/// <param name="StartTimeout">How long a pod may take to start.</param>
/// <param name="Template">What all its pods have in common; name and owner are missing.</param>
internal sealed record SandboxRecipe(SandboxRuntime Runtime, TimeSpan StartTimeout, PodRequest Template)
{
    public string Hash => Template.RuntimeHash;

    public bool RequiresNetworkPolicy => Runtime.Spec.Isolation.RequireNetworkPolicy;
}
