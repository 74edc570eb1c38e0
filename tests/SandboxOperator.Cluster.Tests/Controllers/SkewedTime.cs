namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Time that passes as ever, by a clock that is wrong, and that a test can set forward.</summary>
internal sealed class SkewedTime(TimeSpan skew) : TimeProvider
{
    private long _skew = skew.Ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _skew, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _skew));
}
