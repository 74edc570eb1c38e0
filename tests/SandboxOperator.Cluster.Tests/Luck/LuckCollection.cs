namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>Classes that share one namespace with all that is in it.</summary>
[CollectionDefinition(Name)]
public sealed class LuckCollection : ICollectionFixture<LuckFixture>
{
    public const string Name = "bad luck";
}
