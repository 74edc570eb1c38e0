using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SandboxOperator.Agent.Serve;
using SandboxOperator.Api.Agent;
using Shouldly;

namespace SandboxOperator.Agent.Tests.Serve;

/// <summary>The real <c>serve</c> in this process, with its sockets and directories in a temporary folder.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _serving;

    private RunningAgent(DirectoryInfo folder, ServeOptions options)
    {
        (Folder, Options) = (folder, options);
        _serving = ServeCommand.RunAsync(options, TimeProvider.System, _stop.Token);
        Http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync })
        {
            BaseAddress = new Uri("http://agent"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public DirectoryInfo Folder { get; }

    public ServeOptions Options { get; }

    public HttpClient Http { get; }

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

    /// <summary>The status once it is as wanted.</summary>
    public async Task<AgentStatus> StatusAsync(Predicate<AgentStatus> wanted)
    {
        for (var i = 0; i < 600 && !_serving.IsCompleted; i++)
        {
            try
            {
                var json = await Http.GetStringAsync(new Uri("/status", UriKind.Relative));
                var status = JsonSerializer.Deserialize(json, AgentJson.Default.AgentStatus)!;
                if (wanted(status))
                {
                    return status;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        await _serving;
        throw new TimeoutException("the agent's status does not become as wanted");
    }

    public async Task<FakeInit> ReadyAsync()
    {
        var init = await FakeInit.ConnectAsync(Options.KernelSocket);
        await StatusAsync(s => s.Ready);
        return init;
    }

    public async Task<HttpResponseMessage> PostAsync(
        string id,
        string code = "1",
        string? incarnation = null,
        long epoch = 0
    )
    {
        incarnation ??= (await StatusAsync(_ => true)).Incarnation;
        var call = new CallRequest
        {
            Id = id,
            Code = code,
            Incarnation = incarnation,
            Epoch = epoch,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, "/calls")
        {
            Content = new StringContent(JsonSerializer.Serialize(call, AgentJson.Default.CallRequest), Encoding.UTF8),
        };
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

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
        Http.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Delete(recursive: true);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Options.Socket), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
