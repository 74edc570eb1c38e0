namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>Classes that look at one product at work.</summary>
[CollectionDefinition(Name)]
public sealed class ObservedCollection : ICollectionFixture<ObservedProduct>
{
    public const string Name = "observed";
}
