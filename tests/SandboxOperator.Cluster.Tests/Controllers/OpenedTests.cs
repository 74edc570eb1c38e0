using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>A network policy of others, in a namespace of its own because it concerns all of it.</summary>
public sealed class OpenedTests(ControllerFixture fixture) : IClassFixture<ControllerFixture>
{
    [Fact]
    public async Task A_session_that_runs_says_that_a_policy_opens_it_and_when_it_does_no_longer()
    {
        await fixture.CreateRuntimeAsync("opened");
        await fixture.CreateSessionAsync("running", "opened");
        var closed = (await fixture.ReadySessionAsync("running")).Status!.Conditions.Find(
            ConditionTypes.NetworkPolicyEnforced
        );
        closed?.Reason.ShouldNotBe(ConditionReasons.OpenedByPolicy);

        var policy = new V1NetworkPolicy
        {
            Metadata = new V1ObjectMeta { Name = "allow-dns", NamespaceProperty = fixture.Space.Name },
            Spec = new V1NetworkPolicySpec
            {
                PodSelector = new V1LabelSelector(),
                PolicyTypes = ["Egress"],
                Egress = [new V1NetworkPolicyEgressRule()],
            },
        };
        await fixture.Space.Client.CreateAsync(policy, TestCluster.FieldManager, CancellationToken.None);
        await NetworkAsync(reason => reason == ConditionReasons.OpenedByPolicy, "is opened");

        await fixture.Space.Client.DeleteAsync<V1NetworkPolicy>(
            fixture.Space.Key("allow-dns"),
            null,
            CancellationToken.None
        );
        await NetworkAsync(reason => reason != ConditionReasons.OpenedByPolicy, "is closed again");
    }

    private Task NetworkAsync(Func<string?, bool> holds, string what) =>
        fixture.SessionAsync(
            "running",
            session => holds(session.Status?.Conditions.Find(ConditionTypes.NetworkPolicyEnforced)?.Reason),
            what
        );
}
