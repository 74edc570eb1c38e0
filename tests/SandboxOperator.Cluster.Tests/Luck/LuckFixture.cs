using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Sandboxes;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>All of the product at work: a controller, real pods, a gateway, and a model that says what tests want.</summary>
public sealed class LuckFixture : IAsyncLifetime
{
    public const string Runtime = "light";

    private readonly PodFixture _pods = new();

    public ClusterNamespace Space => _pods.Space;

    public ScriptedUpstreamServer Model { get; private set; } = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _pods.InitializeAsync();
        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = Runtime, NamespaceProperty = Space.Name },
            Spec = RuntimeSpec(),
        };
        await Space.Client.CreateAsync(runtime, TestCluster.FieldManager, CancellationToken.None);
        Model = await ScriptedUpstreamServer.StartAsync();
        Gateway = await StartGatewayAsync(Runtime);
    }

    /// <summary>The image of the tests, without libraries loaded in advance: bad luck takes long enough.</summary>
    internal static SandboxRuntimeSpec RuntimeSpec() =>
        new()
        {
            Image = "localhost/sandbox-operator/runtime:dev",
            ImagePullPolicy = "Never",
            Preload = [],
        };

    internal Task<GatewayProcess> StartGatewayAsync(string runtime) =>
        GatewayProcess.StartAsync(Space, Model.BaseUrl, runtime);

    public async ValueTask DisposeAsync()
    {
        await Space.ShouldBeCleanAsync();
        await Gateway.DisposeAsync();
        await Model.DisposeAsync();
        await _pods.DisposeAsync();
    }

    /// <summary>
    /// A thread whose model runs code: <paramref name="code"/> for a message that begins with the name, and then says
    /// what it read.
    /// </summary>
    internal void WhenAsked(string name, string code) =>
        Model.When($"^{name}$", ScriptedTurn.Python(code), ScriptedTurn.Say("{{last_tool_output}}"));

    /// <summary>The session of a thread, as soon as it is ready.</summary>
    internal async Task<SandboxSession> SessionAsync(Conversation thread) =>
        (
            await Eventually.ListAsync<SandboxSession>(
                Space.Name,
                labels: null,
                found => found.Any(each => IsOf(each, thread)),
                $"a session of {thread.Thread} is ready"
            )
        ).First(each => IsOf(each, thread));

    /// <summary>The pod of a thread's session, as soon as that is ready.</summary>
    internal async Task<V1Pod> PodAsync(Conversation thread)
    {
        var session = await SessionAsync(thread);
        return (await Space.Client.GetAsync<V1Pod>(Space.Key(session.Status!.PodRef!.Name), CancellationToken.None))!;
    }

    /// <summary>Waits until code in a pod has made a file.</summary>
    internal Task FileAsync(V1Pod pod, string name) =>
        Eventually.TrueAsync(
            async () => (await ExecAsync(pod, "test", "-e", $"/mnt/data/{name}")).Status == 0,
            () => $"{pod.Name()} has a file {name}",
            Space.Name
        );

    /// <summary>Runs a command beside the kernel.</summary>
    internal Task<(int Status, string Output, string Error)> ExecAsync(V1Pod pod, params string[] command) =>
        Kubectl.TryAsync(
            input: null,
            ["--namespace", Space.Name, "exec", pod.Name(), "--container", "kernel", "--", .. command]
        );

    internal async Task EndAsync(Conversation thread)
    {
        foreach (
            var session in (
                await Space.Client.ListAsync<SandboxSession>(
                    new ListQuery(Space.Name),
                    1000,
                    null,
                    CancellationToken.None
                )
            ).Items.Where(each => each.Spec.ThreadId == thread.Thread)
        )
        {
            await Space.Client.DeleteAsync<SandboxSession>(ObjectKey.Of(session), null, CancellationToken.None);
        }
    }

    private static bool IsOf(SandboxSession session, Conversation thread) =>
        session.Spec.ThreadId == thread.Thread
        && session.Metadata.DeletionTimestamp is null
        && session.Status?.Phase == SessionPhases.Ready
        && session.Status.Conditions.IsTrue(ConditionTypes.Ready);
}
