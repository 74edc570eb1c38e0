namespace SandboxOperator.Kube.Entities;

/// <summary>Groups of kinds that <c>kubectl get</c> lists together.</summary>
/// <param name="categories">The names of the groups.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityCategoriesAttribute(params string[] categories) : Attribute
{
    /// <summary>The names of the groups.</summary>
    public IReadOnlyList<string> Categories { get; } = categories;
}
