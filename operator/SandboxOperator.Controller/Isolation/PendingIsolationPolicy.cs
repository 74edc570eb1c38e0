namespace SandboxOperator.Controller.Isolation;

/// <summary>Stands in until the network policy is written.</summary>
internal sealed class PendingIsolationPolicy : IIsolationPolicy
{
    public Task EnsureAsync(string @namespace, CancellationToken token) => Task.CompletedTask;
}
