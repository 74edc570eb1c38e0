using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Counts every few seconds how many sessions there are.</summary>
internal sealed partial class SessionCounter(ISandboxes sandboxes, TimeProvider time, ILogger<SessionCounter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        GatewayMetrics.Register();
        using var timer = new PeriodicTimer(Beat, time);
        do
        {
            await CountAsync(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            var sessions = await sandboxes.ListAsync(cancellationToken);
            foreach (var state in Enum.GetValues<SessionState>())
            {
                SessionCounts.Sessions.WithLabels(Word(state)).Set(sessions.Count(session => session.State == state));
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Readiness says why; a gauge that stands still is no reason to stop.
            Log.NotCounted(logger, exception);
        }
    }

    private static string Word(SessionState state) =>
        state switch
        {
            SessionState.Running => "running",
            SessionState.Stopped => "stopped",
            _ => "failed",
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Sessions could not be counted")]
        public static partial void NotCounted(ILogger logger, Exception exception);
    }
}
