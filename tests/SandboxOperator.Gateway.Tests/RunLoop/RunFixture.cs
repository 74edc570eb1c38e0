using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Sandboxes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>A gateway with a scripted model and sandboxes in memory; the gateway may be replaced over the same data.</summary>
internal sealed class RunFixture : IAsyncDisposable
{
    private static readonly string[] Ends =
    [
        "completed",
        "failed",
        "cancelled",
        "expired",
        "incomplete",
        "requires_action",
    ];
    private readonly string _data = Directory.CreateTempSubdirectory("runs-").FullName;
    private readonly string[] _settings;
    private readonly TimeProvider? _time;

    private RunFixture(ScriptedUpstreamServer upstream, TimeProvider? time, string[] settings)
    {
        Upstream = upstream;
        _time = time;
        _settings = settings;
    }

    public ScriptedUpstreamServer Upstream { get; }

    public FakeSandboxes Sandboxes { get; } = new();

    public TestGateway Gateway { get; private set; } = null!;

    public static async Task<RunFixture> StartAsync(TimeProvider? time = null, params string[] settings)
    {
        var fixture = new RunFixture(await ScriptedUpstreamServer.StartAsync(), time, settings);
        await fixture.StartGatewayAsync();
        return fixture;
    }

    public async Task StartGatewayAsync(Action<WebApplicationBuilder>? configure = null) =>
        Gateway = await TestGateway.StartAsync(
            _data,
            builder =>
            {
                builder.Services.AddSingleton<ISandboxes>(Sandboxes);
                if (_time is not null)
                {
                    builder.Services.AddSingleton(_time);
                }
                configure?.Invoke(builder);
            },
            [
                $"Upstream:BaseUrl={Upstream.BaseUrl}",
                "Upstream:Models:*=scripted-model",
                "Upstream:BackoffSeconds=0.01",
                "Upstream:MaxAttempts=3",
                "Runs:PollSeconds=1",
                .. _settings,
            ]
        );

    /// <summary>Makes an assistant and returns its id.</summary>
    public async Task<string> AssistantAsync(string tools = """[{"type":"code_interpreter"}]""", string extra = "") =>
        (string)
            (await Gateway.PostAsync("/v1/assistants", $$"""{"model":"gpt-4o","tools":{{tools}}{{extra}}}"""))["id"]!;

    /// <summary>Makes a thread with a user's message and returns its id.</summary>
    public async Task<string> ThreadAsync(string text = "hello") =>
        (string)
            (
                await Gateway.PostAsync(
                    "/v1/threads",
                    new JsonObject
                    {
                        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
                    }.ToJsonString()
                )
            )["id"]!;

    /// <summary>Starts a run and returns it.</summary>
    public Task<JsonObject> RunAsync(string thread, string assistant, string extra = "") =>
        Gateway.PostAsync($"/v1/threads/{thread}/runs", $$"""{"assistant_id":"{{assistant}}"{{extra}}}""");

    /// <summary>Starts a run, waits for its end, and returns it.</summary>
    public async Task<JsonObject> CompleteAsync(string thread, string assistant, string extra = "")
    {
        var run = await RunAsync(thread, assistant, extra);
        return await EndAsync(thread, (string)run["id"]!);
    }

    /// <summary>Waits until a run has ended, or waits for outputs.</summary>
    public Task<JsonObject> EndAsync(string thread, string run) =>
        UntilAsync(thread, run, status => Ends.Contains(status, StringComparer.Ordinal));

    /// <summary>Waits until a run has ended.</summary>
    public Task<JsonObject> EndedAsync(string thread, string run) =>
        UntilAsync(thread, run, status => status != "requires_action" && Ends.Contains(status, StringComparer.Ordinal));

    /// <summary>Waits until a run has a status.</summary>
    public async Task<JsonObject> UntilAsync(string thread, string run, Func<string, bool> reached)
    {
        for (var deadline = Environment.TickCount64 + 180_000; ; )
        {
            var found = await Gateway.GetAsync($"/v1/threads/{thread}/runs/{run}");
            if (reached((string)found["status"]!))
            {
                return found;
            }
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException($"The run is still {found["status"]}.");
            }
            await Task.Delay(50);
        }
    }

    /// <summary>The steps of a run, oldest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> StepsAsync(string thread, string run) =>
        Data(await Gateway.GetAsync($"/v1/threads/{thread}/runs/{run}/steps?order=asc&limit=100"));

    /// <summary>The messages of a thread, oldest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> MessagesAsync(string thread) =>
        Data(await Gateway.GetAsync($"/v1/threads/{thread}/messages?order=asc&limit=100"));

    /// <summary>The trace of a run, or null.</summary>
    public Task<string?> TraceIdAsync(string run) =>
        Gateway.Store.ReadAsync(
            (context, cancellation) =>
                context.Runs.Where(row => row.Id == run).Select(row => row.TraceId).SingleAsync(cancellation),
            default
        );

    /// <summary>Posts and reads the events until the stream ends.</summary>
    public async Task<IReadOnlyList<StreamedEvent>> StreamAsync(string path, string json)
    {
        await using var stream = await EventStream.OpenAsync(Gateway, path, json);
        return await stream.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static List<JsonObject> Data(JsonObject list) =>
        [.. list["data"]!.AsArray().Select(item => item!.AsObject())];
}
