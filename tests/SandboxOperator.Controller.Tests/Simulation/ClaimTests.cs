using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.Tests.Sessions;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Simulation;

/// <summary>Whatever happens, in whatever order: no session ever has two pods.</summary>
public sealed class ClaimTests
{
    private const int Sessions = 3;

    [Property(MaxTest = 300)]
    public Property No_order_of_events_gives_a_session_two_pods() =>
        Prop.ForAll(
            Gen.ListOf(Gen.Choose(0, 999)).Resize(60).ToArbitrary(),
            events => PlayAsync([.. events]).GetAwaiter().GetResult()
        );

    private static async Task PlayAsync(IReadOnlyList<int> events)
    {
        var server = await WorldAsync();
        var controllers = new[] { new SimulatedController(server), new SimulatedController(server) };
        var leader = 0;
        var hash = controllers[0].Recipes.Find(TestObjects.Space, "default", out _)!.Template.RuntimeHash;
        foreach (var each in events)
        {
            var choice = each / 10;
            switch (each % 10)
            {
                case 0 or 1 or 2:
                    await controllers[leader].ReconcileAsync(Key(choice));
                    break;
                case 3:
                    // The write that is to fail: the first or the second of a reconcile.
                    Enumerable.Repeat(Fault.None, choice / 2 % 3).ToList().ForEach(server.Faults.Enqueue);
                    server.Faults.Enqueue(choice % 2 == 0 ? Fault.Lost : Fault.AnswerLost);
                    await controllers[leader].ReconcileAsync(Key(choice));
                    server.Faults.Clear();
                    break;
                case 4:
                    controllers[choice % 2].Follow(choice % 5);
                    break;
                case 5:
                    leader = 1 - leader;
                    await controllers[leader].LeadAsync();
                    break;
                case 6:
                    // Killed and started again.
                    controllers[leader] = new SimulatedController(server);
                    await controllers[leader].LeadAsync();
                    break;
                case 7:
                    await FillAsync(server, hash);
                    break;
                case 8:
                    await LoseAsync(server, choice);
                    break;
                default:
                    await SuspendAsync(server, choice, choice % 4 == 0);
                    break;
            }

            NoneHasTwo(server);
        }

        // Once all is told and nothing fails any more, everyone has what the status says.
        for (var session = 0; session < Sessions; session++)
        {
            await SuspendAsync(server, session, suspend: false);
        }

        for (var rounds = 0; rounds < 3 * Sessions; rounds++)
        {
            controllers[leader].Follow(int.MaxValue);
            await controllers[leader].ReconcileAsync(Key(rounds));
            NoneHasTwo(server);
        }

        foreach (var session in server.All<SandboxSession>())
        {
            var pod = Pods(server, session).ShouldHaveSingleItem();
            session.Status!.PodRef.ShouldBe(new PodReference { Name = pod.Metadata.Name, Uid = pod.Metadata.Uid });
        }
    }

    private static void NoneHasTwo(SimulatedServer server)
    {
        foreach (var session in server.All<SandboxSession>())
        {
            Pods(server, session).Count.ShouldBeLessThanOrEqualTo(1);
        }
    }

    private static List<V1Pod> Pods(SimulatedServer server, SandboxSession session) =>
        [.. server.All<V1Pod>().Where(pod => pod.Session() == session.Metadata.Name)];

    private static async Task<SimulatedServer> WorldAsync()
    {
        var server = new SimulatedServer();
        var runtime = new SandboxRuntime
        {
            Spec = new SandboxRuntimeSpec
            {
                Image = "runtime",
                Isolation = new RuntimeIsolation { UserNamespace = UserNamespaceSettings.Off },
            },
        };
        runtime.Metadata = new V1ObjectMeta
        {
            Name = "default",
            NamespaceProperty = TestObjects.Space,
            Generation = 1,
        };
        await server.CreateAsync(runtime, "test", CancellationToken.None);
        for (var each = 0; each < Sessions; each++)
        {
            var session = TestObjects.Session();
            session.Metadata.Name = Key(each).Name;
            await server.CreateAsync(session, "test", CancellationToken.None);
        }

        return server;
    }

    private static async Task FillAsync(SimulatedServer server, string hash)
    {
        var pod = TestObjects.Pod(TestObjects.Session(), $"warm-{server.Version}");
        pod.Metadata.Labels = new Dictionary<string, string>
        {
            [SandboxLabels.Sandbox] = "true",
            [SandboxLabels.Pool] = "warm",
            [SandboxLabels.RuntimeHash] = hash,
        };
        pod.Metadata.OwnerReferences = null;
        await server.CreateAsync(pod, "test", CancellationToken.None);
    }

    private static async Task LoseAsync(SimulatedServer server, int choice)
    {
        var pods = server.All<V1Pod>();
        if (pods.Count > 0)
        {
            var key = ObjectKey.Of(pods[choice % pods.Count]);
            await server.DeleteAsync<V1Pod>(key, preconditions: null, CancellationToken.None);
        }
    }

    private static Task SuspendAsync(SimulatedServer server, int session, bool suspend) =>
        server.PatchAsync<SandboxSession>(
            Key(session),
            new V1Patch(new { spec = new { suspend } }, V1Patch.PatchType.MergePatch),
            "test",
            subresource: null,
            CancellationToken.None
        );

    private static ObjectKey Key(int session) => new(TestObjects.Space, $"s{session % Sessions}");
}
