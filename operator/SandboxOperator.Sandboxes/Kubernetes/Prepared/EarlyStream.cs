using SandboxOperator.Api.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes.Prepared;

/// <summary>
/// A stream to the agent of a pod that is still starting, for the one who waits for it: the agent runs long before code
/// can, and to start a command beside it takes a tenth of a second. Nothing is sent before the session is ready.
/// </summary>
internal sealed class EarlyStream(IAgentStreams streams, TimeProvider time) : IAgentStreams, IDisposable
{
    /// <summary>A container takes about so long to start; each attempt before costs two requests.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private string? _uid;
    private Task<PreparedStream?>? _opening;
    private bool _isDisposed;

    /// <summary>Begins to open a stream to a pod, unless that has begun.</summary>
    public void Begin(PodReference pod)
    {
        lock (_gate)
        {
            if (!_isDisposed && _uid != pod.Uid)
            {
                GiveUp();
                _uid = pod.Uid;
                _opening = OpenWhenPossibleAsync(pod, _stop.Token);
            }
        }
    }

    /// <summary>Hands out the early stream, once; opens another one when there is none.</summary>
    public async ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken)
    {
        Task<PreparedStream?>? opening;
        lock (_gate)
        {
            opening = _uid == pod.Uid ? _opening : null;
            _opening = opening is null ? _opening : null;
        }

        if (opening is { IsCompletedSuccessfully: true } && opening.Result is { } early)
        {
            if (!early.HasEnded)
            {
                return early.Stream;
            }

            // The agent did not listen yet.
            await early.Stream.DisposeAsync();
        }
        else
        {
            Discard(opening);
        }

        return await streams.OpenAsync(pod, cancellationToken);
    }

    /// <summary>Closes the stream if nobody has it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                GiveUp();
                _stop.Cancel();
                _stop.Dispose();
            }
        }
    }

    private static void Discard(Task<PreparedStream?>? opening) =>
        _ = opening?.ContinueWith(
            static late => late.Result?.Stream.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default
        );

    private void GiveUp()
    {
        Discard(_opening);
        _opening = null;
    }

    private async Task<PreparedStream?> OpenWhenPossibleAsync(PodReference pod, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, time, cancellationToken);
                try
                {
                    return new PreparedStream(pod, await streams.OpenAsync(pod, cancellationToken));
                }
                catch (IOException)
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
}
