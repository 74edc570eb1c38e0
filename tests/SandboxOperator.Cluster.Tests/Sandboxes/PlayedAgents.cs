using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Sandboxes.Kubernetes;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>Agents of pods that are not there: each pod's uid is its agent's incarnation, every call ends at once, or hangs.</summary>
internal sealed class PlayedAgents : IAgentStreams, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agents-");
    private readonly ConcurrentDictionary<string, Lazy<Task<WebApplication>>> _agents = new(StringComparer.Ordinal);

    /// <summary>Pods that nobody can reach.</summary>
    public ConcurrentDictionary<string, bool> Unreachable { get; } = new(StringComparer.Ordinal);

    public async ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken)
    {
        if (Unreachable.ContainsKey(pod.Name))
        {
            throw new IOException($"there is no pod {pod.Name}");
        }

        await _agents.GetOrAdd(pod.Uid, uid => new Lazy<Task<WebApplication>>(() => StartAsync(uid))).Value;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathOf(pod.Uid)), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents.Values)
        {
            await (await agent.Value).DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private string PathOf(string uid) => Path.Combine(_folder.FullName, uid);

    private async Task<WebApplication> StartAsync(string uid)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(PathOf(uid)));
        var app = builder.Build();
        app.MapGet("/status", () => Results.Text($$"""{"incarnation":"{{uid}}","version":"played","ready":true}"""));
        app.MapPost("/calls", CallAsync);
        await app.StartAsync();
        return app;
    }

    private static async Task CallAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var hangs = (await reader.ReadToEndAsync()).Contains("hang", StringComparison.Ordinal);
        await context.Response.WriteAsync("""{"type":"started"}""" + "\n");
        await context.Response.Body.FlushAsync();
        if (hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }

        await context.Response.WriteAsync("""{"type":"done","status":"ok"}""" + "\n");
    }
}
