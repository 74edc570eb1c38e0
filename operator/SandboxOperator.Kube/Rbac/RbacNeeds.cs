using System.Reflection;
using k8s.Models;

namespace SandboxOperator.Kube.Rbac;

/// <summary>Gathers the rights that code needs.</summary>
public static class RbacNeeds
{
    /// <summary>What a role must allow, ordered by group and resource.</summary>
    /// <param name="role">The role.</param>
    /// <param name="assemblies">Where to look for <see cref="EntityRbacAttribute"/>.</param>
    /// <returns>One entry a resource.</returns>
    /// <exception cref="InvalidOperationException">An attribute allows nothing, or names no Kubernetes kind.</exception>
    public static IReadOnlyList<RbacNeed> Of(RbacRole role, params IEnumerable<Assembly> assemblies) =>
        [
            .. assemblies
                .SelectMany(assembly => assembly.GetTypes())
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .SelectMany(type => type.GetCustomAttributes<EntityRbacAttribute>(inherit: false))
                .Where(attribute => attribute.Role == role)
                .Select(Need)
                .GroupBy(need => (need.Group, need.Resource))
                .OrderBy(group => group.Key.Group, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Resource, StringComparer.Ordinal)
                .Select(group => new RbacNeed(
                    group.Key.Group,
                    group.Key.Resource,
                    group.Aggregate(RbacVerbs.None, (verbs, need) => verbs | need.Verbs),
                    [.. group.SelectMany(need => need.Reasons).Distinct(StringComparer.Ordinal)]
                )),
        ];

    private static RbacNeed Need(EntityRbacAttribute attribute)
    {
        var kind =
            attribute.Entity.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{attribute.Entity} has no [KubernetesEntity].");
        if (attribute.Verbs == RbacVerbs.None)
        {
            throw new InvalidOperationException($"[EntityRbac(typeof({attribute.Entity.Name}))] allows nothing.");
        }

        var resource = attribute.Subresource is null ? kind.PluralName : $"{kind.PluralName}/{attribute.Subresource}";
        return new RbacNeed(kind.Group, resource, attribute.Verbs, [attribute.Reason]);
    }
}
