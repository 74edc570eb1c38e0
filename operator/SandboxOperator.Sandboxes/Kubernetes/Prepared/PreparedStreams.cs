using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Caching;

namespace SandboxOperator.Sandboxes.Kubernetes.Prepared;

/// <summary>
/// Opens streams to agents before anybody asks: to start a command in a container takes the platform a tenth of a
/// second, which the first call of a thread need not wait for.
/// <list type="number">
/// <item>Every ready pod that waits in a pool gets one stream, up to a bound.</item>
/// <item>Who first opens a stream to that pod gets it; all others are opened when they are asked for.</item>
/// <item>A pod that waits no longer may be about to be asked for; after a moment its stream is closed.</item>
/// <item>A stream that the other side has closed is opened again while its pod waits.</item>
/// </list>
/// </summary>
internal sealed partial class PreparedStreams(
    IAgentStreams streams,
    IResourceCache<V1Pod> pods,
    IOptions<KubernetesSandboxOptions> options,
    TimeProvider time,
    ILogger<PreparedStreams> logger
) : BackgroundService, IAgentStreams
{
    /// <summary>How long a stream outlives its pod's stay in the pool.</summary>
    internal static readonly TimeSpan Moment = TimeSpan.FromSeconds(20);

    /// <summary>How often is looked without a change, and how long a pod that cannot be reached is left alone.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PreparedStream> _prepared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken)
    {
        if (options.Value.PreparedStreams == 0)
        {
            return streams.OpenAsync(pod, cancellationToken);
        }

        lock (_gate)
        {
            _taken.Add(pod.Uid);
            if (_prepared.Remove(pod.Uid, out var prepared))
            {
                if (!prepared.HasEnded)
                {
                    return ValueTask.FromResult(prepared.Stream);
                }

                prepared.Stream.Dispose();
            }
        }

        return streams.OpenAsync(pod, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.PreparedStreams == 0)
        {
            return;
        }

        using var subscription = pods.Subscribe(_ => _changes.Writer.TryWrite(item: true));
        try
        {
            while (true)
            {
                Close();
                await OpenAsync(stoppingToken);
                await ChangeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                foreach (var prepared in _prepared.Values)
                {
                    prepared.Stream.Dispose();
                }

                _prepared.Clear();
            }
        }
    }

    private void Close()
    {
        var waiting = pods.List()
            .Where(WaitingPods.IsReady)
            .Select(pod => pod.Metadata.Uid)
            .ToHashSet(StringComparer.Ordinal);
        var now = time.GetUtcNow();
        lock (_gate)
        {
            _taken.IntersectWith(waiting);
            foreach (var (uid, prepared) in _prepared.ToList())
            {
                var leftAt = waiting.Contains(uid) ? (DateTimeOffset?)null : prepared.PodLeftAt ?? now;
                if (prepared.HasEnded || now - leftAt >= Moment)
                {
                    _prepared.Remove(uid);
                    prepared.Stream.Dispose();
                }
                else
                {
                    _prepared[uid] = prepared with { PodLeftAt = leftAt };
                }
            }
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        foreach (var pod in pods.List().Where(WaitingPods.IsReady).Select(WaitingPods.Reference))
        {
            lock (_gate)
            {
                if (_prepared.Count >= options.Value.PreparedStreams)
                {
                    return;
                }

                if (_prepared.ContainsKey(pod.Uid) || _taken.Contains(pod.Uid))
                {
                    continue;
                }
            }

            try
            {
                Keep(new PreparedStream(pod, await streams.OpenAsync(pod, cancellationToken)));
            }
            catch (IOException exception)
            {
                // Whoever needs this pod learns the reason; here the next round tries again.
                Log.NotPrepared(logger, pod.Name, exception.Message);
            }
        }
    }

    private void Keep(PreparedStream prepared)
    {
        lock (_gate)
        {
            if (!_taken.Contains(prepared.Pod.Uid))
            {
                _prepared[prepared.Pod.Uid] = prepared;
                return;
            }
        }

        // Somebody could not wait for it.
        prepared.Stream.Dispose();
    }

    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        using var period = new CancellationTokenSource(Period, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(period.Token, cancellationToken);
        try
        {
            await _changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing has changed.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "No stream to the waiting pod {Pod} could be prepared: {Problem}")]
        public static partial void NotPrepared(ILogger logger, string pod, string problem);
    }
}
