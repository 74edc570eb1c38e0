using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes.Prepared;

/// <summary>
/// The agent of a pod that is starting, asked directly: it knows when code can run, up to a second before the platform has
/// noticed and the session's object tells. What the platform asks it is the same.
/// </summary>
/// <param name="streams">The way to it.</param>
/// <param name="time">For pauses and bounds.</param>
/// <param name="changed">Is told when there is something to take.</param>
internal sealed class EarlyAgent(IAgentStreams streams, TimeProvider time, Action changed) : IDisposable
{
    /// <summary>A container takes about so long to start; each attempt before costs two requests.</summary>
    internal static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(400);

    /// <summary>Between two attempts.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Of a pod whose image is still pulled nothing is to be had.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private string? _uid;
    private Task<PodAgent?>? _asking;
    private bool _isDisposed;

    /// <summary>Begins to ask the agent of a pod, unless that has begun.</summary>
    public void Begin(PodReference pod)
    {
        lock (_gate)
        {
            if (!_isDisposed && _uid != pod.Uid)
            {
                GiveUp();
                _uid = pod.Uid;
                _asking = AskAsync(pod, _stop.Token);
                _ = TellAsync(_asking);
            }
        }
    }

    /// <summary>The agent of a pod if it has said that code can run: handed out once. Null means: not yet, or not here.</summary>
    public PodAgent? Take(PodReference pod)
    {
        lock (_gate)
        {
            if (_uid != pod.Uid || _asking is not { IsCompletedSuccessfully: true, Result: { } agent })
            {
                return null;
            }

            _asking = null;
            return agent;
        }
    }

    /// <summary>The same for a pod that is known to be ready: an agent that is being asked gets a moment to answer.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="moment">How long that is at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<PodAgent?> TakeAsync(PodReference pod, TimeSpan moment, CancellationToken cancellationToken)
    {
        Task<PodAgent?>? asking;
        lock (_gate)
        {
            asking = _uid == pod.Uid ? _asking : null;
        }

        if (asking is { IsCompleted: false })
        {
            try
            {
                await asking.WaitAsync(moment, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Then a stream of its own is better.
            }
        }

        return Take(pod);
    }

    /// <summary>Leaves the agent if nobody has it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                GiveUp();
                _stop.Dispose();
            }
        }
    }

    private void GiveUp()
    {
        _stop.Cancel();
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _ = _asking?.ContinueWith(
            static late => late.Result?.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default
        );
        _asking = null;
    }

    private async Task TellAsync(Task<PodAgent?> asking)
    {
        if (await asking is not null)
        {
            changed();
        }
    }

    private async Task<PodAgent?> AskAsync(PodReference pod, CancellationToken cancellationToken)
    {
        try
        {
            for (var pause = FirstPause; ; pause = Longer(pause))
            {
                await Task.Delay(pause, time, cancellationToken);
                try
                {
                    return await FoundAsync(pod, cancellationToken);
                }
                catch (Exception exception) when (exception is SandboxLostException or SandboxFileException)
                {
                    // Not yet. What is wrong with a pod that does not start, its session says.
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<PodAgent?> FoundAsync(PodReference pod, CancellationToken cancellationToken)
    {
        var agent = await PodAgent.AwaitAsync(streams, pod, time, cancellationToken);
        if (!AgentReadiness.Of(agent.Status).IsReady)
        {
            agent.Dispose();
            return null;
        }

        return agent;
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == FirstPause ? Pause
        : pause * 1.2 < LongestPause ? pause * 1.2
        : LongestPause;
}
