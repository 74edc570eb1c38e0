using System.Net;
using System.Text.Json;
using SandboxOperator.Agent.Serve;
using SandboxOperator.Api.Agent;
using Shouldly;

namespace SandboxOperator.Agent.Tests.Serve;

/// <summary>The real <c>serve</c> in this process, with its sockets and directories in a temporary folder.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AgentCaller _caller;
    private readonly Task _serving;

    private RunningAgent(DirectoryInfo folder, ServeOptions options)
    {
        (Folder, Options) = (folder, options);
        _serving = ServeCommand.RunAsync(options, TimeProvider.System, _stop.Token);
        _caller = new AgentCaller(options.Socket, _serving);
    }

    public DirectoryInfo Folder { get; }

    public ServeOptions Options { get; }

    public HttpClient Http => _caller.Http;

    public string Data => Options.Data;

    public Task Serving => _serving;

    public static async Task<RunningAgent> StartAsync(
        Func<ServeOptions, ServeOptions>? change = null,
        DirectoryInfo? folder = null
    )
    {
        folder ??= Directory.CreateTempSubdirectory("agent-");
        var options = new ServeOptions
        {
            Socket = Path.Combine(folder.FullName, "a.sock"),
            KernelSocket = Path.Combine(folder.FullName, "k.sock"),
            Data = folder.CreateSubdirectory("data").FullName,
            State = folder.CreateSubdirectory("state").FullName,
        };
        var agent = new RunningAgent(folder, change?.Invoke(options) ?? options);
        await agent.StatusAsync(_ => true);
        return agent;
    }

    /// <inheritdoc cref="AgentCaller.StatusAsync" />
    public Task<AgentStatus> StatusAsync(Predicate<AgentStatus> wanted) => _caller.StatusAsync(wanted);

    public async Task<FakeInit> ReadyAsync()
    {
        var init = await FakeInit.ConnectAsync(Options.KernelSocket);
        await StatusAsync(s => s.Ready);
        return init;
    }

    public Task<HttpResponseMessage> PostAsync(
        string id,
        string code = "1",
        string? incarnation = null,
        long epoch = 0
    ) => _caller.PostAsync(id, code, incarnation, epoch);

    public static async Task<List<CallEvent>> EventsAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => JsonSerializer.Deserialize(l, AgentJson.Default.CallEvent)!),
        ];
    }

    public static async Task ShouldFailAsync(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        JsonSerializer.Deserialize(text, AgentJson.Default.AgentError)!.Code.ShouldBe(code);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _caller.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Delete(recursive: true);
    }
}
