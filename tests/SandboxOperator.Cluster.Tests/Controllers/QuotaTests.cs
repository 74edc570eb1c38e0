using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>A namespace with a quota, on a real API server.</summary>
public sealed class QuotaTests(ControllerFixture fixture) : IClassFixture<ControllerFixture>
{
    [Fact]
    public async Task A_session_beyond_the_quota_says_so_and_starts_when_there_is_room()
    {
        var quota = new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Name = "pods", NamespaceProperty = fixture.Space.Name },
            Spec = new V1ResourceQuotaSpec
            {
                Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new ResourceQuantity("1") },
            },
        };
        await fixture.Space.Client.CreateAsync(quota, TestCluster.FieldManager, CancellationToken.None);
        await Eventually.FindAsync<V1ResourceQuota>(
            fixture.Space.Key("pods"),
            each => each.Status?.Hard?.ContainsKey("pods") == true,
            "counts"
        );
        await fixture.CreateRuntimeAsync("default");
        await fixture.CreateSessionAsync("first", "default");
        await fixture.ReadySessionAsync("first");

        await fixture.CreateSessionAsync("second", "default");
        var reason = await fixture.ReasonAsync("second", ConditionReasons.QuotaExceeded);
        reason.Message.ShouldContain("exceeded quota: pods");

        await fixture.Space.Client.DeleteAsync<Kube.Resources.SandboxSession>(
            fixture.Space.Key("first"),
            null,
            CancellationToken.None
        );
        await fixture.ReadySessionAsync("second");
    }
}
