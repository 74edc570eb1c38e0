namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>Helm refused.</summary>
public sealed class HelmException(string message) : Exception(message);
