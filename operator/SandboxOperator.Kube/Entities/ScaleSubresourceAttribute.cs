namespace SandboxOperator.Kube.Entities;

/// <summary>Lets <c>kubectl scale</c> and autoscalers set a number of replicas.</summary>
/// <param name="specPath">Where the wanted number is.</param>
/// <param name="statusPath">Where the present number is.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScaleSubresourceAttribute(string specPath, string statusPath) : Attribute
{
    /// <summary>Where the wanted number is.</summary>
    public string SpecPath { get; } = specPath;

    /// <summary>Where the present number is.</summary>
    public string StatusPath { get; } = statusPath;

    /// <summary>Where the status names the labels of what is counted.</summary>
    public string? SelectorPath { get; set; }
}
