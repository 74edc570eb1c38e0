namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>The chart without the gateway: sessions are made with kubectl.</summary>
public sealed class InstalledController() : InstalledChart(gateway: false);
