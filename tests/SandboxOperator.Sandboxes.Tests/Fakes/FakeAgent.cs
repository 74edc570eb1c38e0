using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Sandboxes.Agents;

namespace SandboxOperator.Sandboxes.Tests.Fakes;

/// <summary>An agent on a Unix socket that answers whatever a test wants, however hostile.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly DirectoryInfo _folder;

    private FakeAgent(WebApplication server, DirectoryInfo folder, string socket)
    {
        _server = server;
        _folder = folder;
        SocketPath = socket;
    }

    public string SocketPath { get; }

    public static async Task<FakeAgent> StartAsync(RequestDelegate handler)
    {
        var folder = Directory.CreateTempSubdirectory("sbx-");
        var socket = Path.Combine(folder.FullName, "s");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socket);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var server = builder.Build();
        server.Run(handler);
        await server.StartAsync();
        return new FakeAgent(server, folder, socket);
    }

    /// <summary>An agent whose answer to attempt n at a call (from 0) is the n-th text; a cut follows each but the last.</summary>
    public static Task<FakeAgent> WithStreamsAsync(params string[] streams)
    {
        var attempt = -1;
        return StartAsync(async context =>
        {
            var index = Math.Min(Interlocked.Increment(ref attempt), streams.Length - 1);
            await WriteAsync(context, streams[index]);
            if (index < streams.Length - 1)
            {
                context.Abort();
            }
        });
    }

    public static async Task WriteAsync(HttpContext context, string text)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Response.Body.FlushAsync();
    }

    public AgentClient Client(AgentClientOptions? options = null, TimeProvider? time = null) =>
        new(
            AgentConnections.OverUnixSocket(SocketPath),
            options ?? new AgentClientOptions(),
            time ?? TimeProvider.System
        );

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _server.StopAsync(hurry.Token);
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
