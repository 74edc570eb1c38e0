using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Client;

/// <summary>Names an object of a kind.</summary>
/// <param name="Namespace">The namespace; null for objects that have none.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string? Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    /// <param name="entity">The object.</param>
    /// <returns>Its key.</returns>
    public static ObjectKey Of(IKubernetesObject<V1ObjectMeta> entity) =>
        new(entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    /// <inheritdoc/>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
