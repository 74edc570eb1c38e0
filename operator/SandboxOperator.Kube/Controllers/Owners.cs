using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Controllers;

/// <summary>Who owns what.</summary>
public static class Owners
{
    /// <summary>A reference for <c>metadata.ownerReferences</c>: the owned goes when the owner goes.</summary>
    /// <param name="owner">The owner, as it was read.</param>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <returns>The reference, of the one owner that controls the object.</returns>
    public static V1OwnerReference Reference<T>(T owner)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var kind = KubeKind.Of<T>();
        return new V1OwnerReference
        {
            ApiVersion = kind.ApiVersion,
            Kind = kind.Kind,
            Name = owner.Metadata.Name,
            Uid = owner.Metadata.Uid,
            Controller = true,
            BlockOwnerDeletion = true,
        };
    }

    /// <summary>The owners of a kind, whatever version of its group they were written in.</summary>
    internal static IEnumerable<ObjectKey> Of(IKubernetesObject<V1ObjectMeta> owned, string kind, string group) =>
        (owned.Metadata.OwnerReferences ?? [])
            .Where(owner => owner.Kind == kind && Group(owner.ApiVersion) == group)
            .Select(owner => new ObjectKey(owned.Metadata.NamespaceProperty, owner.Name));

    private static string Group(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? apiVersion[..slash] : "";
}
