namespace SandboxOperator.Testing;

/// <summary>Time that passes as ever, by a clock that is wrong, and that a test can set forward.</summary>
/// <param name="skew">How far the clock is ahead at first.</param>
public sealed class SkewedTime(TimeSpan skew = default) : TimeProvider
{
    private long _skew = skew.Ticks;

    /// <summary>Sets the clock forward.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _skew, by.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _skew));
}
