using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

/// <summary>The tests that share one sandbox, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class RealSandboxCollection : ICollectionFixture<RealSandbox>
{
    public const string Name = "one real sandbox";
}
