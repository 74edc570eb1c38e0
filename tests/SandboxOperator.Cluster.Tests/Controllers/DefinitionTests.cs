using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>The resource types in a real API server.</summary>
public sealed class DefinitionTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>
{
    [Fact]
    public async Task A_session_applied_by_hand_gets_its_defaults()
    {
        await Kubectl.ApplyAsync(
            $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxSession
            metadata:
              name: by-hand
              namespace: {space.Name}
            spec: {"{}"}
            """
        );
        var session = await space.Client.GetAsync<SandboxSession>(space.Key("by-hand"), CancellationToken.None);
        session.ShouldNotBeNull();
        session.Spec.IdleTimeout.ShouldBe("1h");
        session.Spec.RuntimeRef.Name.ShouldBe("default");
        (await Kubectl.RunAsync("--namespace", space.Name, "get", "sbx")).ShouldContain("by-hand");
    }

    [Theory]
    [InlineData("idleTimeout: soon", "idleTimeout")]
    [InlineData("project: \" \"", "project")]
    [InlineData("threadId: ../../etc", "threadId")]
    public async Task A_bad_session_is_refused_with_the_field_that_is_wrong(string spec, string named)
    {
        var yaml = $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxSession
            metadata:
              name: bad
              namespace: {space.Name}
            spec:
              {spec}
            """;
        var (status, _, error) = await Kubectl.TryAsync(yaml, "apply", "--filename=-", "--validate=true");
        status.ShouldNotBe(0);
        error.ShouldContain(named);
    }
}
