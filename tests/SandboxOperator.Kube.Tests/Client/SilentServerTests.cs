using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Client;

/// <summary>A server that takes connections and says nothing, as one that is starting does on a busy machine.</summary>
public sealed class SilentServerTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly KubeConnection _connection;
    private readonly KubeClient _client;

    public SilentServerTests()
    {
        _listener.Start();
        _connection = new KubeConnection(
            new KubernetesClientConfiguration
            {
                Host = $"https://{_listener.LocalEndpoint}",
                FirstMessageHandlerSetup = handler => handler.ConnectTimeout = TimeSpan.FromMilliseconds(200),
            }
        );
        _client = new KubeClient(_connection, TimeProvider.System);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task A_request_says_that_it_is_unreachable()
    {
        var asked = _client.GetAsync<V1Pod>(new ObjectKey("default", "a"), CancellationToken.None);

        (await Should.ThrowAsync<KubeException>(asked)).IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task A_watch_says_that_it_is_unreachable_and_not_that_it_was_cancelled()
    {
        var lines = _client.WatchAsync<V1Pod>(new ListQuery(), "1", 300, CancellationToken.None).GetAsyncEnumerator();

        (await Should.ThrowAsync<KubeException>(async () => await lines.MoveNextAsync())).IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task A_watch_that_is_cancelled_says_so()
    {
        using var cancelled = new CancellationTokenSource();
        var lines = _client.WatchAsync<V1Pod>(new ListQuery(), "1", 300, cancelled.Token).GetAsyncEnumerator();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await lines.MoveNextAsync());
    }
}
