namespace SandboxOperator.Gateway.Ledger.Usage;

/// <summary>Sessions of a bucket of time.</summary>
/// <param name="StartMs">The bucket.</param>
/// <param name="Project">Null unless sums are told apart by it.</param>
/// <param name="Sessions">Sessions that started to cost.</param>
/// <param name="Charges">Periods of sessions that were charged.</param>
/// <param name="Nanos">Nano-dollars.</param>
internal sealed record SessionSum(long StartMs, string? Project, long Sessions, long Charges, long Nanos);
