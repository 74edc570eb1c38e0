using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Hosting;

/// <summary>Stands in where no backend for sandboxes is configured: everything but running code works.</summary>
internal sealed class NoSandboxes : ISandboxes
{
    private const string Message = "This gateway has no backend for sandboxes.";

    public ValueTask<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken) =>
        throw new SandboxUnavailableException(Message);

    public Task<ISandbox> OpenAsync(SessionKey session, CancellationToken cancellationToken) =>
        throw new SandboxUnavailableException(Message);

    public Task EndAsync(SessionKey session, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SessionInfo>>([]);

    public ValueTask<IReadOnlyList<SandboxCheck>> CheckAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SandboxCheck>>([new SandboxCheck("sandboxes", Ok: false, Message)]);
}
