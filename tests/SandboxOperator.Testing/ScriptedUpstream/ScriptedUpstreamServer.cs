using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>
/// An upstream model for tests: a real HTTP server that speaks Chat Completions and says what scripts tell it.
/// Conversations that a strict server would refuse get 400. Control over HTTP: <c>POST /script</c>,
/// <c>POST /release</c>, <c>GET /requests</c>, <c>POST /reset</c>.
/// </summary>
public sealed class ScriptedUpstreamServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static readonly string[] ModerationCategories =
    [
        "hate",
        "hate/threatening",
        "harassment",
        "harassment/threatening",
        "illicit",
        "illicit/violent",
        "self-harm",
        "self-harm/intent",
        "self-harm/instructions",
        "sexual",
        "sexual/minors",
        "violence",
        "violence/graphic",
    ];

    private const int MaxRecorded = 10_000;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly ScriptBook _book = new();
    private readonly ScriptedHolds _holds = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;

    private ScriptedUpstreamServer(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        _app = builder.Build();
        _app.MapPost("/v1/chat/completions", ChatAsync);
        _app.MapGet("/v1/models", ListModels);
        _app.MapPost("/v1/embeddings", (Delegate)EmbedAsync);
        _app.MapPost("/v1/moderations", (Delegate)ModerateAsync);
        _app.MapMedia();
        _app.MapPost("/script", (Delegate)AddScriptAsync);
        _app.MapPost("/release", Release);
        _app.MapPost("/reset", Reset);
        _app.MapGet("/requests", () => Results.Json(Requests, Json));
    }

    /// <summary>Where it listens, without <c>/v1</c>.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>What an OpenAI client takes as its base URL.</summary>
    public string BaseUrl => new Uri(Url, "/v1").ToString();

    /// <summary>The models that <c>/v1/models</c> lists.</summary>
    public IList<string> Models { get; } = ["scripted-model"];

    /// <summary>What was asked so far, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>The bodies of the chat requests so far, oldest first.</summary>
    public IReadOnlyList<JsonObject> ChatRequests =>
        [
            .. _requests
                .Where(r => r.Path.EndsWith("/chat/completions", StringComparison.Ordinal))
                .Select(r => r.Body)
                .OfType<JsonObject>(),
        ];

    /// <summary>Starts a server on a free port of the loopback interface, or on the one given.</summary>
    public static async Task<ScriptedUpstreamServer> StartAsync(int port = 0)
    {
        var server = new ScriptedUpstreamServer(port);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers a user message that matches the regular expression, and what follows, with these turns.</summary>
    public void When(string match, params ScriptedTurn[] turns) =>
        _book.Add(new Script { Match = match, Turns = turns });

    /// <summary>Answers the next requests that no script matches with these turns.</summary>
    public void Enqueue(params ScriptedTurn[] turns) => _book.Add(new Script { Turns = turns });

    /// <summary>Adds a script.</summary>
    public void Add(Script script) => _book.Add(script);

    /// <summary>Runs until the token is cancelled.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _stopping.Dispose();
        _holds.Dispose();
    }

    private async Task ChatAsync(HttpContext context)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        var body = await ReadAsync(context, linked.Token);
        var problem = ChatValidator.Check(body);
        Record(context, body, problem);
        if (problem is not null)
        {
            await ErrorAsync(context, 400, problem);
            return;
        }
        var request = body!.AsObject();
        var messages = request["messages"]!.AsArray();
        if (_book.Choose(messages) is not { } turn)
        {
            await ErrorAsync(context, 400, "The script has no further turn for this conversation.");
            return;
        }
        var fault = _book.FaultIsDue(turn) ? turn.Fault : null;
        if (fault?.Status is { } status)
        {
            if (fault.RetryAfter is { } retryAfter)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }
            await ErrorAsync(context, status, fault.Message ?? $"Scripted {status}.", fault.Type, fault.Code);
            return;
        }
        if (turn.Fault is { RejectsStreamOptions: true } && request.ContainsKey("stream_options"))
        {
            await ErrorAsync(context, 400, "Unrecognized request argument supplied: stream_options");
            return;
        }
        string Expand(string text) => ScriptBook.Expand(text, messages, (string)request["model"]!);
        try
        {
            if ((bool?)request["stream"] == true)
            {
                await ChatAnswers.StreamAsync(context, request, turn, fault, _holds, Expand, linked.Token);
            }
            else
            {
                await ChatAnswers.WholeAsync(context, request, turn, Expand);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went away, or the server stops.
            context.Abort();
        }
    }

    private IResult ListModels(HttpContext context)
    {
        Record(context, null, null);
        return Results.Json(
            new
            {
                @object = "list",
                data = Models.Select(id => new
                {
                    id,
                    @object = "model",
                    created = 1_700_000_000,
                    owned_by = "scripted",
                }),
            }
        );
    }

    private async Task<IResult> EmbedAsync(HttpContext context)
    {
        var body = await ReadAsync(context, context.RequestAborted);
        Record(context, body, null);
        return Results.Json(
            new
            {
                @object = "list",
                data = new[]
                {
                    new
                    {
                        @object = "embedding",
                        index = 0,
                        embedding = new[] { 0.25, 0.5 },
                    },
                },
                model = (string?)body?["model"],
                usage = new { prompt_tokens = 1, total_tokens = 1 },
            }
        );
    }

    private async Task<IResult> ModerateAsync(HttpContext context)
    {
        var body = await ReadAsync(context, context.RequestAborted);
        Record(context, body, null);
        return Results.Json(
            new
            {
                id = ChatChunks.NewId("modr-"),
                model = (string?)body?["model"] ?? "scripted-moderation",
                results = new[]
                {
                    new
                    {
                        flagged = false,
                        categories = ModerationCategories.ToDictionary(category => category, _ => false),
                        category_scores = ModerationCategories.ToDictionary(category => category, _ => 0.0),
                        category_applied_input_types = ModerationCategories.ToDictionary(
                            category => category,
                            _ => new[] { "text" }
                        ),
                    },
                },
            }
        );
    }

    private async Task<IResult> AddScriptAsync(HttpContext context)
    {
        var script = await JsonSerializer.DeserializeAsync<Script>(context.Request.Body, Json, context.RequestAborted);
        _book.Add(script ?? throw new BadHttpRequestException("No script."));
        return Results.Json(new { ok = true });
    }

    private IResult Release(string name)
    {
        _holds.Release(name);
        return Results.Json(new { ok = true });
    }

    private IResult Reset()
    {
        _book.Clear();
        _requests.Clear();
        return Results.Json(new { ok = true });
    }

    private void Record(HttpContext context, JsonNode? body, string? problem)
    {
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key.ToLowerInvariant(),
            header => header.Value.ToString(),
            StringComparer.Ordinal
        );
        _requests.Enqueue(
            new RecordedRequest(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                headers,
                body?.DeepClone(),
                problem
            )
        );
        while (_requests.Count > MaxRecorded)
        {
            _requests.TryDequeue(out _);
        }
    }

    private static async Task<JsonNode?> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task ErrorAsync(
        HttpContext context,
        int status,
        string message,
        string? type = null,
        string? code = null
    )
    {
        context.Response.StatusCode = status;
        type ??= status >= 500 ? "server_error" : "invalid_request_error";
        return context.Response.WriteAsJsonAsync(ChatAnswers.ErrorBody(message, type, code));
    }
}
