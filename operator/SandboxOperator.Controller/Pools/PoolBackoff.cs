using System.Collections.Concurrent;
using SandboxOperator.Kube.Queues;

namespace SandboxOperator.Controller.Pools;

/// <summary>
/// Slows a pool down whose pods break: what cannot work must not be tried in a hot loop. Forgotten when another process
/// leads, which costs one more try.
/// </summary>
internal sealed class PoolBackoff
{
    private static readonly RetryPolicy Policy = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    private readonly ConcurrentDictionary<string, Failures> _pools = new(StringComparer.Ordinal);

    /// <summary>When pods may be made again; null for now.</summary>
    public DateTimeOffset? NotBefore(string poolUid, DateTimeOffset now) =>
        _pools.TryGetValue(poolUid, out var failures) && failures.Until > now ? failures.Until : null;

    /// <summary>Pods broke or were refused.</summary>
    public void Failed(string poolUid, DateTimeOffset now) =>
        _pools.AddOrUpdate(
            poolUid,
            _ => new Failures(1, now + Policy.Delay(1)),
            (_, failures) => new Failures(failures.Count + 1, now + Policy.Delay(failures.Count + 1))
        );

    /// <summary>All is well, or the pool is no more.</summary>
    public void Forget(string poolUid) => _pools.TryRemove(poolUid, out _);

    private sealed record Failures(int Count, DateTimeOffset Until);
}
