using System.Net.Sockets;
using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>Keeps one connection to init, and the process that init lives in if there is a command to launch it.</summary>
/// <remarks>
/// Each round: 1. listen; 2. launch; 3. take one connection that may be init's, and stop listening, so that code in
/// the sandbox finds nothing to connect to; 4. pass on messages until the connection ends; 5. kill what was launched,
/// all of it, before anybody can connect again; 6. wait longer after each failure.
/// </remarks>
internal sealed partial class KernelSide(ServeOptions options, TimeProvider time, ILogger<KernelSide> logger)
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>Why no kernel is up, as long as none is.</summary>
    public string NotReadyReason { get; private set; } = "the kernel is starting";

    /// <summary>Runs until cancelled. At its end nothing that it launched is left.</summary>
    public async Task RunAsync(IKernelObserver observer, CancellationToken cancellationToken)
    {
        using var launcher = options.Launch.Count > 0 ? new KernelLauncher(options.Launch, logger) : null;
        var pause = s_shortestPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            var wasReady = await RoundAsync(observer, launcher, cancellationToken);
            pause = wasReady ? s_shortestPause : pause * 2;
            pause = pause > s_longestPause ? s_longestPause : pause;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> RoundAsync(
        IKernelObserver observer,
        KernelLauncher? launcher,
        CancellationToken cancellationToken
    )
    {
        KernelConnection? connection = null;
        try
        {
            using (var listener = UnixListener.Bind(options.KernelSocket))
            {
                listener.Listen(1);
                launcher?.Start();
                connection = await AcceptAsync(listener, launcher, cancellationToken);
            }

            if (connection is not null)
            {
                Log.Connected(logger);
                var reason = await connection.RunAsync(observer, cancellationToken);
                observer.Disconnected(reason);
                NotReadyReason = $"{reason}; it is started again";
                Log.Disconnected(logger, reason);
            }
        }
        catch (Exception e)
            when (e is IOException or SocketException or InvalidOperationException or OutOfMemoryException)
        {
            NotReadyReason = $"the kernel side cannot be started: {e.Message}";
            Log.RoundFailed(logger, e);
        }
        finally
        {
            connection?.Dispose();
            if (launcher is not null && await launcher.StopAsync() is { } ending && connection?.WasReady != true)
            {
                NotReadyReason = ending;
            }
        }

        return connection?.WasReady == true;
    }

    private async Task<KernelConnection?> AcceptAsync(
        Socket listener,
        KernelLauncher? launcher,
        CancellationToken cancellationToken
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (launcher is not null)
        {
            _ = launcher.Ended.ContinueWith(_ => end.Cancel(), TaskScheduler.Default);
        }

        // Without a command there is nothing to do but wait.
        using var deadline = new CancellationTokenSource(
            launcher is null ? Timeout.InfiniteTimeSpan : options.StartDeadline,
            time
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, deadline.Token);
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(either.Token);
                if (PeerCheck.MayBeInit(socket))
                {
                    return new KernelConnection(socket, options, time);
                }

                Log.Refused(logger);
                socket.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The kernel side has connected")]
        public static partial void Connected(ILogger logger);

        [LoggerMessage(LogLevel.Information, "The kernel side is gone: {Reason}")]
        public static partial void Disconnected(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "A program in the sandbox that is not init wanted to be it")]
        public static partial void Refused(ILogger logger);

        [LoggerMessage(LogLevel.Error, "The kernel side cannot be started")]
        public static partial void RoundFailed(ILogger logger, Exception exception);
    }
}
