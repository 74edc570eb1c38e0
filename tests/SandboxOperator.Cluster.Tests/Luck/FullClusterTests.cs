using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>Sandboxes for which something is missing. Needs a cluster with one node.</summary>
[Collection(LuckCollection.Name)]
public sealed class FullClusterTests(LuckFixture world) : IAsyncLifetime
{
    // Long before a sandbox would be given up because it takes too long; most of it is for a busy machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(90);

    private ClusterNamespace Space => world.Space;

    public ValueTask InitializeAsync()
    {
        world.WhenAsked("hello", "print('hello', 6 * 7)");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await Space.ShouldBeCleanAsync();

    [Fact]
    public async Task Without_room_on_a_node_the_run_says_so_and_sessions_start_when_there_is_room()
    {
        // 1. Two of these do not fit: each wants more than half of what the node has.
        await CreateAsync("large", await LargeAsync());
        await CreateAsync("first", Session("large"));
        await PhaseAsync("first", SessionPhases.Ready);
        await CreateAsync("second", Session("large"));
        var waiting = await PhaseAsync("second", SessionPhases.Failed);
        waiting.Status!.Conditions.Find(ConditionTypes.Ready)!.Reason.ShouldBe(ConditionReasons.Unschedulable);

        // 2. Whoever asks through a gateway is told within seconds.
        await using var gateway = await world.StartGatewayAsync("large");
        var thread = await Conversation.BeginAsync(gateway);
        (await thread.FailureAsync("hello", Soon)).ShouldContain("Insufficient cpu");

        // 3. With room it starts, and so does the next run of the thread.
        await DeleteAsync("first");
        await PhaseAsync("second", SessionPhases.Ready);
        await DeleteAsync("second");
        await Eventually.ListAsync<V1Pod>(
            Space.Name,
            $"{SandboxLabels.Runtime}=large",
            pods => pods.Count == 0,
            "there is room again"
        );
        (await thread.AnswerAsync("hello")).ShouldContain("hello 42");
        await world.EndAsync(thread);
    }

    [Fact]
    public async Task Beyond_a_quota_the_run_says_so_and_the_next_one_succeeds_when_there_is_room()
    {
        var quota = new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Name = "none", NamespaceProperty = Space.Name },
            Spec = new V1ResourceQuotaSpec
            {
                Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new ResourceQuantity("0") },
            },
        };
        await Space.Client.CreateAsync(quota, TestCluster.FieldManager, CancellationToken.None);
        await Eventually.FindAsync<V1ResourceQuota>(
            Space.Key("none"),
            each => each.Status?.Hard?.ContainsKey("pods") == true,
            "counts"
        );
        var thread = await Conversation.BeginAsync(world.Gateway);
        (await thread.FailureAsync("hello", Soon)).ShouldContain("exceeded quota: none");

        await Space.Client.DeleteAsync<V1ResourceQuota>(Space.Key("none"), null, CancellationToken.None);
        (await thread.AnswerAsync("hello")).ShouldContain("hello 42");
        await world.EndAsync(thread);
    }

    [Fact]
    public async Task Without_its_image_the_run_says_so_and_the_next_one_succeeds_with_one()
    {
        var runtime = new SandboxRuntime { Spec = LuckFixture.RuntimeSpec() with { Image = "localhost/none:dev" } };
        await CreateAsync("imageless", runtime);
        await using var gateway = await world.StartGatewayAsync("imageless");
        var thread = await Conversation.BeginAsync(gateway);
        (await thread.FailureAsync("hello", Soon)).ShouldContain("localhost/none:dev");

        await Kubectl.RunAsync(
            "--namespace",
            Space.Name,
            "patch",
            "sbr",
            "imageless",
            "--type=merge",
            $$"""--patch={"spec": {"image": "{{LuckFixture.RuntimeSpec().Image}}"} }"""
        );
        // The controller has seen it: a session that comes on another watch may be faster.
        await Eventually.FindAsync<SandboxRuntime>(
            Space.Key("imageless"),
            each => each.Status?.ObservedGeneration == each.Metadata.Generation,
            "is known as it is"
        );
        (await thread.AnswerAsync("hello")).ShouldContain("hello 42");
        await world.EndAsync(thread);
    }

    private static async Task<SandboxRuntime> LargeAsync()
    {
        var nodes = (
            await TestCluster.Client.ListAsync<V1Node>(new ListQuery(), 10, null, CancellationToken.None)
        ).Items;
        Assert.SkipUnless(nodes.Count == 1, "On several nodes there is more room.");
        var half = (int)(nodes[0].Status.Allocatable["cpu"].ToDouble() * 1000 * 0.55);
        var runtime = new SandboxRuntime { Spec = LuckFixture.RuntimeSpec() };
        runtime.Spec.Resources = new RuntimeResources
        {
            Requests = new Dictionary<string, string> { ["cpu"] = $"{half}m", ["memory"] = "256Mi" },
            Limits = new Dictionary<string, string> { ["cpu"] = $"{half * 2}m", ["memory"] = "1Gi" },
        };
        return runtime;
    }

    private static SandboxSession Session(string runtime) =>
        new() { Spec = new SandboxSessionSpec { RuntimeRef = new LocalReference { Name = runtime } } };

    private Task<SandboxSession> PhaseAsync(string name, string phase) =>
        Eventually.FindAsync<SandboxSession>(
            Space.Key(name),
            session => session.Status?.Phase == phase,
            $"has phase {phase}"
        );

    private Task DeleteAsync(string name) =>
        Space.Client.DeleteAsync<SandboxSession>(Space.Key(name), null, CancellationToken.None);

    private Task CreateAsync<T>(string name, T entity)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Space.Name };
        return Space.Client.CreateAsync(entity, TestCluster.FieldManager, CancellationToken.None);
    }
}
