using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Tokens;
using SandboxOperator.Gateway.Upstream;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Upstream;

/// <summary>A client of a scripted upstream, with short waits.</summary>
internal sealed class ClientFixture : IAsyncDisposable
{
    private ClientFixture(ScriptedUpstreamServer server, ModelOptions options)
    {
        Server = server;
        Client = new OpenAiModelClient(options, Counter, TimeProvider.System, NullLogger<OpenAiModelClient>.Instance);
    }

    public ScriptedUpstreamServer Server { get; }
    public TokenCounter Counter { get; } = new();
    public OpenAiModelClient Client { get; }

    public static async Task<ClientFixture> StartAsync(Action<ModelOptions>? configure = null)
    {
        var server = await ScriptedUpstreamServer.StartAsync();
        var options = new ModelOptions
        {
            BaseUrl = server.BaseUrl,
            BackoffSeconds = 0.01,
            MaxBackoffSeconds = 0.05,
        };
        configure?.Invoke(options);
        return new ClientFixture(server, options);
    }

    public async Task<List<ModelEvent>> AskAsync(
        ScriptedTurn turn,
        TimeSpan? time = null,
        CancellationToken cancellationToken = default
    )
    {
        Server.Enqueue(turn);
        return await AskAsync(time, cancellationToken);
    }

    public async Task<List<ModelEvent>> AskAsync(TimeSpan? time = null, CancellationToken cancellationToken = default)
    {
        var events = new List<ModelEvent>();
        await foreach (var item in Client.StreamAsync(Requests.Hello(time), cancellationToken))
        {
            events.Add(item);
        }
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
