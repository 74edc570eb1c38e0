namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>The chart with everything.</summary>
public sealed class InstalledProduct() : InstalledChart(gateway: true);
