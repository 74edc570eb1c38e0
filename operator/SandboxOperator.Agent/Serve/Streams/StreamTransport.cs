using System.Net;
using Microsoft.AspNetCore.Connections;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>Serves HTTP over streams, see <see cref="StreamConnection"/>.</summary>
internal sealed class StreamTransport(
    IMemoryPoolFactory<byte> pools,
    TimeProvider time,
    ILogger<StreamTransport> logger
) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is StreamEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(
            new StreamListener((StreamEndPoint)endpoint, pools.Create(), time, logger)
        );
}
