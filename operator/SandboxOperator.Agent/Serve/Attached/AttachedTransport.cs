using System.Net;
using Microsoft.AspNetCore.Connections;

namespace SandboxOperator.Agent.Serve.Attached;

/// <summary>Serves HTTP over streams that <c>attach</c> commands hand over.</summary>
internal sealed class AttachedTransport(
    IMemoryPoolFactory<byte> pools,
    TimeProvider time,
    ILogger<AttachedTransport> logger
) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is AttachedEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(
            new AttachedListener((AttachedEndPoint)endpoint, pools.Create(), time, logger)
        );
}
