namespace SandboxOperator.Kube.Entities;

/// <summary>Short names of a kind on the command line.</summary>
/// <param name="names">The names.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityShortNamesAttribute(params string[] names) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
