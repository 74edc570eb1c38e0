using System.Threading.RateLimiting;

namespace SandboxOperator.Gateway.Console.Access;

/// <summary>How often an address, and everybody together, may try to sign in.</summary>
internal sealed class SignInLimiter : IAsyncDisposable
{
    private const int TriesOfOne = 10;
    private const int TriesOfAll = 100;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<string, string>(address => Partition(address, TriesOfOne)),
        PartitionedRateLimiter.Create<string, string>(_ => Partition("", TriesOfAll))
    );

    public bool MayTry(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(context.Connection.RemoteIpAddress?.ToString() ?? "");
        return lease.IsAcquired;
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    private static RateLimitPartition<string> Partition(string key, int tries) =>
        RateLimitPartition.GetFixedWindowLimiter(
            key,
            _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = tries,
                Window = Window,
                QueueLimit = 0,
            }
        );
}
