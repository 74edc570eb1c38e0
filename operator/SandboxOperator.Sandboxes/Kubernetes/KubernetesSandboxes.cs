using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes.Kubernetes.Activity;
using SandboxOperator.Sandboxes.Kubernetes.Admission;
using SandboxOperator.Sandboxes.Kubernetes.Prepared;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>
/// Sandboxes in pods. A session is an object in the cluster, which the controller gives a pod; any number of gateways
/// use the same ones. They belong to the cluster: a gateway that stops closes its streams and leaves them running.
/// </summary>
internal sealed partial class KubernetesSandboxes : ISandboxes, IHostedService, IDisposable
{
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, LiveSession> _live = new(StringComparer.Ordinal);
    private readonly KubernetesSandboxOptions _options;
    private readonly SessionObjects _objects;
    private readonly KubernetesChecks _checks;
    private readonly KubernetesPools _pools;
    private readonly ActivityReports _activity;
    private readonly Rooms _rooms;
    private readonly IAgentStreams _streams;
    private readonly SandboxMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IDisposable _subscription;
    private Task _upkeep = Task.CompletedTask;

    public KubernetesSandboxes(
        IKubeClient client,
        IResourceCache<SandboxSession> cache,
        PreparedStreams streams,
        SessionNamespace space,
        IOptions<KubernetesSandboxOptions> options,
        SandboxMetrics metrics,
        TimeProvider time,
        ILogger<KubernetesSandboxes> logger
    )
    {
        _options = options.Value;
        _objects = new SessionObjects(client, cache, _options, space.Name, time);
        _checks = new KubernetesChecks(client, cache, _options, space.Name, time);
        _pools = new KubernetesPools(client, space.Name);
        _activity = new ActivityReports(_objects, _live, time, logger);
        _rooms = new Rooms(_objects, _live, _options, metrics, time, logger);
        (_streams, _metrics, _time, _logger) = (streams, metrics, time, logger);
        _subscription = _objects.Subscribe(OnChanged);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _upkeep = Task.Run(() => _activity.KeepUpAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _upkeep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _subscription.Dispose();
        using var patience = new CancellationTokenSource(FlushPatience, _time);
        await _activity.FlushAsync(patience.Token);
        foreach (var session in _live.Values)
        {
            session.Current?.Dispose();
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _stopping.Dispose();
        _checks.Dispose();
    }

    public ValueTask<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken) =>
        _rooms.ReserveAsync(session, cancellationToken);

    public Task<ISandbox> OpenAsync(SessionKey session, CancellationToken cancellationToken) =>
        OpenAsync(session, begun: false, cancellationToken);

    public Task<ISandbox> ContinueAsync(SessionKey session, CancellationToken cancellationToken) =>
        OpenAsync(session, begun: true, cancellationToken);

    public async Task<SessionHold> HoldAsync(SessionKey session, CancellationToken cancellationToken)
    {
        var name = session.Given ?? throw new ArgumentException("The key names no session.", nameof(session));
        if (!KubernetesSandboxOptionsValidator.ObjectName().IsMatch(name))
        {
            return SessionHold.NotFound;
        }

        try
        {
            await _objects.FetchAsync(name, cancellationToken);
            var found = await _objects.ChangeAsync(
                name,
                known =>
                    string.IsNullOrEmpty(known.Spec.ThreadId)
                    && known.MayServe(session)
                    && SessionView.Of(known).Stage != SessionStage.Ended
                        ? SessionObjects.Hold(session.ThreadId)
                        : null,
                cancellationToken
            );
            return
                found is not null
                && found.MayServe(session)
                && found.Spec.ThreadId == session.ThreadId
                && SessionView.Of(found).Stage != SessionStage.Ended
                ? SessionHold.Held
                : SessionHold.NotFound;
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException(exception.Message, exception);
        }
    }

    public async Task EndAsync(SessionKey session, CancellationToken cancellationToken)
    {
        try
        {
            await _objects.DeleteAsync(session.Name, cancellationToken);
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException($"The session could not be ended: {exception.Message}", exception);
        }

        if (_live.TryRemove(session.Name, out var live) && live.Current is { } sandbox)
        {
            sandbox.Dispose();
            _metrics.Stopped("ended");
        }
    }

    public async ValueTask<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellationToken) =>
        [
            .. (await _objects.ListAsync(cancellationToken))
                .Where(session => SessionView.Of(session).Stage != SessionStage.Ended)
                .Select(session => session.Describe()),
        ];

    public async ValueTask<IReadOnlyList<PoolInfo>> PoolsAsync(CancellationToken cancellationToken) =>
        await _pools.ListAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SandboxCheck>> CheckAsync(CancellationToken cancellationToken) =>
        _checks.RunAsync(cancellationToken);

    private async Task<ISandbox> OpenAsync(SessionKey key, bool begun, CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested)
        {
            throw new SandboxUnavailableException("The gateway is shutting down.");
        }

        // 1. A sandbox that is known to run is the answer.
        var live = _live.GetOrAdd(key.Name, name => new LiveSession(name));
        if (await CurrentAsync(live, cancellationToken) is { } running)
        {
            return running;
        }

        // 2. Else there must be room, and one request of this replica opens it for all.
        var asked = _time.GetTimestamp();
        await using var slot = await ReserveAsync(key, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        using var turn = await live.TurnAsync(stop.Token);
        if (await CurrentAsync(live, cancellationToken) is { } meanwhile)
        {
            return meanwhile;
        }

        // 3. Open it.
        live.Current?.Dispose();
        live.Current = null;
        using var opening = new SessionOpening(_objects, _streams, _time, _logger, key, begun);
        PodAgent? agent = null;
        try
        {
            agent = await opening.OpenAsync(_options.StartTimeout, stop.Token);
            if (opening.IsEarly)
            {
                await _activity.BeforeEarlyUseAsync(live, stop.Token);
            }

            var info = _objects.Find(key.Name)?.Describe() ?? throw new SessionEndedException("The session has ended.");
            var connect = opening.ReadyAt is { } ready ? _time.GetElapsedTime(ready) : TimeSpan.Zero;
            var opened = new SandboxOpening(_time.GetUtcNow(), _time.GetElapsedTime(asked) - connect, connect);
            live.Current = new KubernetesSandbox(_objects, _activity, live, agent, info, opened, _time);
            _live[key.Name] = live;
            Log.Opened(_logger, key.Name, agent.Pod.Name, info.Launch);
            if (opening.Started)
            {
                _metrics.Opened(info.Launch, _time.GetElapsedTime(asked));
            }

            return live.Current;
        }
        catch (Exception exception)
        {
            agent?.Dispose();
            _live.TryRemove(KeyValuePair.Create(key.Name, live));
            if (exception is KubeException)
            {
                throw new SandboxUnavailableException(exception.Message, exception);
            }

            throw;
        }
    }

    /// <summary>The session's sandbox if that is in order, its life prolonged when it is about to end.</summary>
    private async Task<KubernetesSandbox?> CurrentAsync(LiveSession live, CancellationToken cancellationToken)
    {
        if (live.Current is not { IsLost: false } sandbox)
        {
            return null;
        }

        var session = _objects.Find(live.Name);
        var view = SessionView.Of(session);
        if (view.Pod is null || view.HasLeft(session, sandbox.VolumeId))
        {
            return null;
        }

        try
        {
            await _activity.BeforeCallAsync(live, cancellationToken);
            return sandbox;
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException(exception.Message, exception);
        }
    }

    /// <summary>A sandbox that is the session's no longer is given up: calls under way hear of it at once.</summary>
    private void OnChanged(string name, SandboxSession? session)
    {
        if (!_live.TryGetValue(name, out var live))
        {
            return;
        }

        var view = SessionView.Of(session);
        if (live.Current is { } sandbox && view.HasLeft(session, sandbox.VolumeId))
        {
            // Closing streams takes longer than whoever tells of changes may wait.
            _ = Task.Run(sandbox.Dispose);
        }

        if (view.Stage is SessionStage.Absent or SessionStage.Ended)
        {
            _live.TryRemove(name, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Session {Session} has pod {Pod} ({Launch})")]
        public static partial void Opened(ILogger logger, string session, string pod, SandboxLaunch launch);
    }
}
