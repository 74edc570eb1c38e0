using k8s.Models;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>A node that is emptied for maintenance. Needs a cluster with one node.</summary>
[Collection(LuckCollection.Name)]
public sealed class DrainTests(LuckFixture world) : IAsyncLifetime
{
    private string _node = "";

    public async ValueTask InitializeAsync()
    {
        var nodes = await world.Space.Client.ListAsync<V1Node>(new ListQuery(), 10, null, CancellationToken.None);
        _node = nodes.Items is [var only] ? only.Name() : "";
        world.WhenAsked("hello", "print('hello', 6 * 7)");
    }

    public async ValueTask DisposeAsync()
    {
        if (_node.Length > 0)
        {
            await Kubectl.RunAsync("uncordon", _node);
        }

        await world.Space.ShouldBeCleanAsync();
    }

    [Fact]
    public async Task A_node_can_be_drained_and_its_sessions_go_on_elsewhere()
    {
        Assert.SkipWhen(_node.Length == 0, "On several nodes others would be disturbed.");
        var pool = new SandboxPool
        {
            Metadata = new V1ObjectMeta { Name = "drained", NamespaceProperty = world.Space.Name },
            Spec = new SandboxPoolSpec
            {
                RuntimeRef = new LocalReference { Name = LuckFixture.Runtime },
                Replicas = 1,
            },
        };
        await world.Space.Client.CreateAsync(pool, TestCluster.FieldManager, CancellationToken.None);
        var thread = await Conversation.BeginAsync(world.Gateway);
        await thread.AnswerAsync("hello");
        var before = await world.SessionAsync(thread);
        await FullAsync();

        // 1. Evictions are let through, of sandboxes in use and of those that wait.
        await Kubectl.RunAsync(
            "drain",
            _node,
            "--delete-emptydir-data",
            "--force",
            "--ignore-daemonsets",
            $"--pod-selector={SandboxLabels.Sandbox}=true",
            "--timeout=100s"
        );
        await Eventually.ListAsync<V1Pod>(
            world.Space.Name,
            SandboxLabels.Sandbox,
            pods => pods.All(pod => string.IsNullOrEmpty(pod.Spec.NodeName)),
            "no sandbox is on the node"
        );

        // 2. There is no other node: the session says what it waits for.
        var key = ObjectKey.Of(before);
        await Eventually.FindAsync<SandboxSession>(
            key,
            each => each.Status?.Conditions.Find(ConditionTypes.Ready)?.Reason == ConditionReasons.Unschedulable,
            "says that no node takes it"
        );

        // 3. With the node back, everything is as before, but for what was in memory.
        await Kubectl.RunAsync("uncordon", _node);
        var after = await Eventually.FindAsync<SandboxSession>(
            key,
            each => each.Status?.Phase == SessionPhases.Ready,
            "is ready again"
        );
        after.Status!.PodRef!.Uid.ShouldNotBe(before.Status!.PodRef!.Uid);
        after.Status.Replacements.ShouldBe(1);
        (await thread.AnswerAsync("hello")).ShouldContain("the sandbox is a new one");
        await FullAsync();
        await world.Space.Client.DeleteAsync<SandboxPool>(ObjectKey.Of(pool), null, CancellationToken.None);
        await world.EndAsync(thread);
    }

    private Task<SandboxPool> FullAsync() =>
        Eventually.FindAsync<SandboxPool>(
            world.Space.Key("drained"),
            pool => pool.Status is { Replicas: 1, ReadyReplicas: 1 },
            "is full"
        );
}
