namespace SandboxOperator.Agent.Serve;

/// <summary>Leaves signals to <see cref="ServeCommand"/>.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
