using System.Reflection;
using k8s.Models;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Generate;

/// <summary>The kinds that get a definition.</summary>
internal static class ResourceKinds
{
    public static IReadOnlyList<(Type Type, string Plural)> All { get; } =
    [Kind(typeof(SandboxPool)), Kind(typeof(SandboxRuntime)), Kind(typeof(SandboxSession))];

    private static (Type Type, string Plural) Kind(Type type) =>
        (type, type.GetCustomAttribute<KubernetesEntityAttribute>()!.PluralName);
}
