using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;
using SandboxOperator.Sandboxes.Kubernetes.Prepared;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>
/// Brings one session to the point where its agent answers:
/// <list type="number">
/// <item>Find its object, or create it.</item>
/// <item>Ask for its sandbox back when that was suspended.</item>
/// <item>Wait for the controller, on the cache's watch. A reason why it cannot start ends the wait at once.</item>
/// <item>Meanwhile ask the agent of a pod that is starting: mostly it knows first that code can run.</item>
/// <item>Reach the agent in the pod. A pod that does not answer may be about to be replaced: look again.</item>
/// </list>
/// An API server that is away is waited for like a pod: it may be starting again.
/// </summary>
internal sealed partial class SessionOpening(
    SessionObjects objects,
    IAgentStreams streams,
    TimeProvider time,
    ILogger logger,
    SessionKey key,
    bool begun
) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private IDisposable? _subscription;
    private EarlyAgent? _early;
    private string _state = "nobody has looked at it yet; does the controller run?";

    /// <summary>Whether a sandbox had to be started for it.</summary>
    public bool Started { get; private set; }

    /// <summary>Whether its agent said that code can run before its object did.</summary>
    public bool IsEarly { get; private set; }

    /// <summary>The timestamp at which the session was first seen to have its pod; null before.</summary>
    public long? ReadyAt { get; private set; }

    /// <param name="patience">How long the sandbox may take to start.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<PodAgent> OpenAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            _early = new EarlyAgent(streams, time, Changed);
            _subscription = objects.Subscribe(
                (name, _) =>
                {
                    if (string.Equals(name, key.Name, StringComparison.Ordinal))
                    {
                        Changed();
                    }
                }
            );
            while (true)
            {
                try
                {
                    await EnsureAsync(either.Token);
                    return await WaitAsync(either.Token);
                }
                catch (KubeException exception) when (exception.IsTransient)
                {
                    Log.NoServer(logger, key.Name, exception.Message);
                    _state = exception.Message;
                    await ChangeOrAsync(exception.RetryAfter ?? TryAgain, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await DiscardAsync();
            throw new SandboxUnavailableException(
                $"The sandbox was not ready within {patience.TotalSeconds:0} s: {_state}"
            );
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException($"The session could not be opened: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _early?.Dispose();
    }

    private void Changed() => _changes.Writer.TryWrite(item: true);

    private async Task EnsureAsync(CancellationToken token)
    {
        var session = objects.Find(key.Name);
        if (session is null && (begun || key.Given is not null))
        {
            session = await objects.FetchAsync(key.Name, token) ?? throw Ended();
        }
        else if (session is null)
        {
            // Nobody asks first whether it is there: mostly it is not, and if it is, the answer to this says so.
            session = await objects.CreateAsync(key, token) ?? throw Ended();
            Started = session.Status is null;
        }

        if (!session.MayServe(key))
        {
            throw new SandboxUnavailableException(
                $"The session {key.Name} in namespace {objects.Namespace} belongs to another thread."
            );
        }

        if (string.IsNullOrEmpty(session.Spec.ThreadId))
        {
            await objects.ChangeAsync(
                key.Name,
                known =>
                    known.MayServe(key) && string.IsNullOrEmpty(known.Spec.ThreadId)
                        ? SessionObjects.Hold(key.ThreadId)
                        : null,
                token
            );
        }
    }

    private async Task<PodAgent> WaitAsync(CancellationToken token)
    {
        while (true)
        {
            var view = SessionView.Of(objects.Find(key.Name));
            if (view.Message.Length > 0)
            {
                _state = view.Message;
            }

            if (view.Pod is { } waiting && _early!.Take(waiting) is { } early)
            {
                ReadyAt ??= time.GetTimestamp();
                IsEarly = view.Stage == SessionStage.Starting;
                return early;
            }

            if (view.Stage == SessionStage.Ready)
            {
                ReadyAt ??= time.GetTimestamp();
            }

            switch (view.Stage)
            {
                case SessionStage.Absent or SessionStage.Ended:
                    throw Ended();
                case SessionStage.Failed:
                    await DiscardAsync();
                    throw new SandboxUnavailableException(view.Message);
                case SessionStage.Suspended:
                    Started = true;
                    await objects.ChangeAsync(
                        key.Name,
                        known => known.Spec.Suspend ? SessionObjects.Wake() : null,
                        token
                    );
                    continue;
                case SessionStage.Ready when await _early!.TakeAsync(view.Pod!, LookAgain, token) is { } asked:
                    return asked;
                case SessionStage.Ready when await ConnectAsync(view.Pod!, token) is { } agent:
                    return agent;
                case SessionStage.Ready:
                    await ChangeOrAsync(LookAgain, token);
                    // The cache may not know yet why the agent does not answer.
                    await objects.FetchAsync(key.Name, token);
                    break;
                default:
                    Started = true;
                    if (view.Pod is { } starting)
                    {
                        _early!.Begin(starting);
                    }

                    await _changes.Reader.ReadAsync(token);
                    break;
            }
        }
    }

    private async Task<PodAgent?> ConnectAsync(PodReference pod, CancellationToken token)
    {
        try
        {
            return await PodAgent.ConnectAsync(streams, pod, time, token);
        }
        catch (SandboxLostException exception)
        {
            if (exception.InnerException?.InnerException is ExecException { Refused: HttpStatusCode.Forbidden } refused)
            {
                throw new SandboxUnavailableException(refused.Message, exception);
            }

            Log.NotReached(logger, key.Name, pod.Name, exception.Message);
            _state = exception.Message;
            return null;
        }
    }

    private async Task ChangeOrAsync(TimeSpan wait, CancellationToken token)
    {
        using var patience = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, token);
        try
        {
            await _changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // Nothing has changed.
        }
    }

    /// <summary>What was created here and never started must not stay; what somebody made by hand does.</summary>
    private async Task DiscardAsync()
    {
        if (key.Given is not null)
        {
            return;
        }

        try
        {
            await objects.DiscardAsync(key.Name, CancellationToken.None);
        }
        catch (KubeException exception)
        {
            // It ends when it has been idle, or the next attempt finds it.
            Log.NotDiscarded(logger, key.Name, exception.Message);
        }
    }

    private static SessionEndedException Ended() => new("The session has ended; its sandbox and files are gone.");

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "The agent of session {Session} in pod {Pod} does not answer yet: {Problem}"
        )]
        public static partial void NotReached(ILogger logger, string session, string pod, string problem);

        [LoggerMessage(LogLevel.Warning, "Session {Session} waits for the API server: {Problem}")]
        public static partial void NoServer(ILogger logger, string session, string problem);

        [LoggerMessage(LogLevel.Warning, "Session {Session}, which could not start, could not be deleted: {Problem}")]
        public static partial void NotDiscarded(ILogger logger, string session, string problem);
    }
}
