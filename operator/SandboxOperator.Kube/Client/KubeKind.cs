using System.Reflection;
using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Client;

/// <summary>What a class says about its kind, and the paths that follow from it.</summary>
internal sealed record KubeKind(string Group, string Version, string Kind, string Plural)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Questions, such as whether something is allowed: they are answered, not stored, and have no names.</summary>
    public bool IsReview => Group is "authorization.k8s.io" or "authentication.k8s.io";

    public static KubeKind Of<T>() => Cache<T>.Kind;

    public string Collection(string? space) =>
        (Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}")
        + (space is null ? "" : $"/namespaces/{Uri.EscapeDataString(space)}")
        + $"/{Plural}";

    public string Object(ObjectKey key, string? subresource = null) =>
        $"{Collection(key.Namespace)}/{Uri.EscapeDataString(key.Name)}"
        + (subresource is null ? "" : $"/{subresource}");

    /// <summary>Items of lists come without these two.</summary>
    public T Fill<T>(T entity)
        where T : IKubernetesObject
    {
        entity.ApiVersion = ApiVersion;
        entity.Kind = Kind;
        return entity;
    }

    private static class Cache<T>
    {
        public static readonly KubeKind Kind = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>() is { } entity
            ? new KubeKind(
                entity.Group,
                entity.ApiVersion,
                entity.Kind,
                // The library names no plural for what cannot be listed.
                entity.PluralName
                    is { Length: > 0 } plural
                    ? plural
                    : $"{entity.Kind.ToLowerInvariant()}s"
            )
            : throw new InvalidOperationException($"{typeof(T)} has no [KubernetesEntity].");
    }
}
