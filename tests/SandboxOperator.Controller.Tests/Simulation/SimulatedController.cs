using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Options;
using SandboxOperator.Controller.Sessions;
using SandboxOperator.Controller.Tests.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Tests.Simulation;

/// <summary>A process with the session controller, whose caches follow a server as late as the test says.</summary>
internal sealed class SimulatedController : IDisposable
{
    private readonly SimulatedServer _server;
    private readonly ResourceStore<V1Pod> _pods;
    private readonly ResourceStore<SandboxSession> _sessions = new(null);
    private readonly PodWriter _writer;
    private readonly SessionController _controller;
    private int _told;

    public SimulatedController(SimulatedServer server)
    {
        var options = new ResourceCacheOptions<V1Pod>();
        SandboxCaches.Pods(options);
        var runtimes = new ResourceStore<SandboxRuntime>(null);
        runtimes.Replace(server.All<SandboxRuntime>(), $"{server.Version}");
        var time = new FakeTimeProvider(TestObjects.Now);
        _server = server;
        _pods = new ResourceStore<V1Pod>(options.Indexes, options.Trim);
        _pods.Replace([.. server.All<V1Pod>().Select(Trimmed)], $"{server.Version}");
        _sessions.Replace(server.All<SandboxSession>(), $"{server.Version}");
        _told = server.Log.Count;
        var network = new NetworkKnowledge(_pods, new ResourceStore<V1NetworkPolicy>(null), time);
        var canary = new Canary(server, network, Substitute.For<IConfiguration>(), time);
        _writer = new PodWriter(server, _pods, Substitute.For<IIsolationPolicy>(), canary);
        Recipes = new RecipeBook(
            runtimes,
            Microsoft.Extensions.Options.Options.Create(new AgentOptions { Image = "agent" })
        );
        _controller = new SessionController(
            server,
            _sessions,
            _pods,
            new SandboxFinder(_writer, new WarmPods(_pods, _writer, time), Recipes),
            _writer,
            Recipes,
            new SessionEvents(Substitute.For<IEventPublisher>(), Substitute.For<IResourceCache<SandboxPool>>()),
            time
        );
    }

    public RecipeBook Recipes { get; }

    /// <summary>The watches tell of some more of what happened.</summary>
    public void Follow(int changes)
    {
        for (; changes > 0 && _told < _server.Log.Count; changes--, _told++)
        {
            var (kind, key, json, isDeleted, version) = _server.Log[_told];
            if (kind == typeof(V1Pod))
            {
                _pods.Apply(Change<V1Pod>(key, json, isDeleted, version, pod => Trimmed(pod)));
            }
            else if (kind == typeof(SandboxSession))
            {
                _sessions.Apply(Change<SandboxSession>(key, json, isDeleted, version, session => session));
            }
        }
    }

    public Task LeadAsync() => _writer.CatchUpAsync(CancellationToken.None);

    /// <summary>One reconcile; failures are what queues are for.</summary>
    public async Task ReconcileAsync(ObjectKey key)
    {
        try
        {
            if (_sessions.Get(key) is { } session)
            {
                await _controller.ReconcileAsync(session, CancellationToken.None);
            }
        }
        catch (KubeException)
        {
            // It comes again.
        }
    }

    public void Dispose() => _writer.Dispose();

    private static V1Pod Trimmed(V1Pod pod)
    {
        SandboxCaches.Trim(pod);
        return pod;
    }

    private static WatchEvent<T> Change<T>(ObjectKey key, string json, bool isDeleted, long version, Func<T, T> trim)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(
            isDeleted ? WatchEventKind.Deleted : WatchEventKind.Present,
            $"{version}",
            trim(SimulatedServer.Read<T>(JsonNode.Parse(json)!.AsObject())),
            key
        );
}
