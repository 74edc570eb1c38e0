namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>With a server that speaks version 5 of the exec protocol, and agrees to a stream before it asks the node.</summary>
public sealed class ModernPodTests(ModernPodFixture fixture, ITestOutputHelper output)
    : CodeInPods(fixture, output),
        IClassFixture<ModernPodFixture>;
