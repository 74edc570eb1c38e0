using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Launching;

/// <summary>For whom a pod is.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Label">The label of its pods that names it.</param>
/// <param name="Name">The name.</param>
internal readonly record struct PodOwner(string Namespace, string Label, string Name)
{
    public static PodOwner Of(SandboxSession session) =>
        new(session.Metadata.NamespaceProperty, SandboxLabels.Session, session.Metadata.Name);

    public static PodOwner Of(SandboxPool pool) =>
        new(pool.Metadata.NamespaceProperty, SandboxLabels.Pool, pool.Metadata.Name);
}
