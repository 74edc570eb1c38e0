using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>A bad network: forwards connections to a server until it is told to cut them, or to swallow what they carry.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly Task _work;

    public TcpProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _work = AcceptAsync();
    }

    /// <summary>Where it listens, with the scheme of the server.</summary>
    public Uri Address => new($"{_server.Scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Ends all connections that there are. New ones are welcome.</summary>
    /// <returns>How many there were.</returns>
    public int Cut()
    {
        var cut = 0;
        foreach (var connection in _connections.Keys)
        {
            if (_connections.TryRemove(connection, out _))
            {
                // Both ends get a reset, in the middle of whatever they are saying.
                connection.Client.Close(0);
                cut++;
            }
        }

        return cut / 2;
    }

    /// <summary>Connections that there are now stay open, but nothing comes out of them any more. New ones are welcome.</summary>
    public void Swallow()
    {
        foreach (var connection in _connections.Keys)
        {
            _connections.TryUpdate(connection, newValue: true, comparisonValue: false);
        }
    }

    /// <summary>How many swallowed ends are still open: the peers believe in them.</summary>
    public int Swallowed => _connections.Values.Count(swallowed => swallowed);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = ForwardAsync(client);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            _connections[client] = false;
            _connections[server] = false;
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The server is gone; so is the client's connection.
        }
        finally
        {
            _connections.TryRemove(client, out _);
            _connections.TryRemove(server, out _);
            client.Dispose();
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (_connections.TryGetValue(from, out var swallowed) && !swallowed)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                }
            }
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or InvalidOperationException
            )
        {
            // Cut, by us or by one of the ends.
        }
    }
}
