using SandboxOperator.Agent.Serve.Calls;

namespace SandboxOperator.Agent.Serve;

/// <summary>Waits for the end of a sandbox that nobody uses.</summary>
internal static class IdleWatch
{
    /// <summary>Completes once no call has run for so long; no call is accepted from then on.</summary>
    public static async Task WaitAsync(
        CallRunner runner,
        TimeSpan? timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (timeout is not { } limit)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return;
        }

        while (true)
        {
            var left = runner.IdleSince is { } since ? since + limit - time.GetUtcNow() : limit;
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, time, cancellationToken);
            }
            else if (runner.TryClose())
            {
                return;
            }
        }
    }
}
