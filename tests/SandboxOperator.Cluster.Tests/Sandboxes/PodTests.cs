using System.Diagnostics;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>With the cluster's own API server.</summary>
public sealed class PodTests(PodFixture fixture, ITestOutputHelper output)
    : CodeInPods(fixture, output),
        IClassFixture<PodFixture>
{
    [Fact]
    public async Task An_image_that_is_missing_fails_within_seconds_and_says_so()
    {
        await using var replica = await StartReplicaAsync(options => options.Runtime = "broken");
        var key = NewKey();
        var started = Stopwatch.GetTimestamp();
        var failed = await Should.ThrowAsync<SandboxUnavailableException>(() =>
            replica.Sandboxes.OpenAsync(key, Token)
        );
        failed.Message.ShouldContain("none:dev");
        Note($"missing image: told after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {failed.Message}");
        await Eventually.GoneAsync<SandboxSession>(Fixture.Space.Key(key.Name));
    }
}
