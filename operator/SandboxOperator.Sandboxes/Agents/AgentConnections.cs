using System.Net;
using System.Net.Sockets;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>Pooled HTTP/1.1 connections to one agent. Only how a connection is made differs between backends.</summary>
internal static class AgentConnections
{
    /// <summary>How long a connection is kept that nobody uses.</summary>
    public static TimeSpan Idle { get; } = AgentLocation.AttachIdle / 2;

    /// <summary>How long making a connection may take.</summary>
    public static TimeSpan ConnectTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections to an agent that listens on a Unix socket.</summary>
    public static HttpMessageInvoker OverUnixSocket(string path)
    {
        var endpoint = new UnixDomainSocketEndPoint(path);
        return Over(async cancellationToken =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(endpoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });
    }

    /// <summary>Connections made by <paramref name="connect"/>, kept alive and pooled while they are used.</summary>
    /// <param name="connect">Makes one.</param>
    /// <param name="connectTimeout">How long that may take; <see cref="ConnectTimeout"/> by default.</param>
    public static HttpMessageInvoker Over(
        Func<CancellationToken, ValueTask<Stream>> connect,
        TimeSpan? connectTimeout = null
    ) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = (_, cancellationToken) => connect(cancellationToken),
                ConnectTimeout = connectTimeout ?? ConnectTimeout,
                PooledConnectionIdleTimeout = Idle,
                PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
                MaxConnectionsPerServer = 32,
                MaxResponseHeadersLength = 16,
                // What the agent may say after the end of a call that we care about, before its connection is reused.
                MaxResponseDrainSize = 64 << 10,
                ResponseDrainTimeout = TimeSpan.FromSeconds(2),
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
            },
            disposeHandler: true
        );
}
