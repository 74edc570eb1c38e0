using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Tests.Fakes;

/// <summary>
/// What a controller sees of an API server: objects with versions, pages, watches with bookmarks that can be cut, fall
/// silent or be told that a version is forgotten. Anything can be routed elsewhere, exec streams for example.
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Collection, string Line)> _log = [];
    private readonly ConcurrentDictionary<HttpContext, string> _watches = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 100;
    private long _forgotten;

    private FakeApiServer(WebApplication app)
    {
        _app = app;
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers instead of this server; returns whether it did.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>Watches begin and then say nothing.</summary>
    public bool IsSilent { get; set; }

    public int Watches => _watches.Count;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FakeApiServer> StartAsync(Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen ?? (_ => { })));
        builder.Logging.ClearProviders();
        var server = new FakeApiServer(builder.Build());
        await server._app.StartAsync();
        return server;
    }

    public KubeConnection Connect() =>
        new(new KubernetesClientConfiguration { Host = Address.ToString(), AccessToken = "t" });

    public KubeClient Client() => new(Connect(), TimeProvider.System);

    /// <summary>Creates or changes an object as somebody else would.</summary>
    public string Put(string collection, string name, JsonObject? content = null)
    {
        lock (_lock)
        {
            var path = $"{collection}/{name}";
            var old = _objects.GetValueOrDefault(path);
            var entity = content ?? [];
            entity["metadata"] ??= new JsonObject();
            var metadata = (JsonObject)entity["metadata"]!;
            metadata["name"] = name;
            if (collection.Split("/namespaces/") is [_, var rest])
            {
                metadata["namespace"] = rest.Split('/')[0];
            }

            metadata["uid"] = old?["metadata"]?["uid"]?.GetValue<string>() ?? Guid.NewGuid().ToString();
            metadata["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "somebody" });
            var stored = Store(path, entity, old is null ? "ADDED" : "MODIFIED");
            return stored["metadata"]!["resourceVersion"]!.GetValue<string>();
        }
    }

    public void Remove(string collection, string name)
    {
        lock (_lock)
        {
            _objects.Remove($"{collection}/{name}", out var old);
            Tell(collection, "DELETED", (JsonObject)old!.DeepClone());
        }
    }

    public JsonObject? Find(string collection, string name)
    {
        lock (_lock)
        {
            return (JsonObject?)_objects.GetValueOrDefault($"{collection}/{name}")?.DeepClone();
        }
    }

    public void Bookmark(string collection)
    {
        lock (_lock)
        {
            // Something happened elsewhere: the version goes on without an object of this kind.
            Tell(collection, "BOOKMARK", new JsonObject { ["metadata"] = new JsonObject() });
        }
    }

    /// <summary>Versions up to the present cannot be watched from any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _forgotten = ++_version;
        }
    }

    /// <summary>Breaks all watches off in the middle of a line.</summary>
    public void Cut()
    {
        foreach (var watch in _watches.Keys)
        {
            try
            {
                watch.Abort();
            }
            catch (ObjectDisposedException)
            {
                // Its client has ended it just now.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, HttpStatusCode code, JsonObject body)
    {
        context.Response.StatusCode = (int)code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext context, HttpStatusCode code, string reason, string message) =>
        AnswerAsync(context, code, Status(code, reason, message));

    private static JsonObject Status(HttpStatusCode code, string reason, string message) =>
        new()
        {
            ["kind"] = "Status",
            ["status"] = "Failure",
            ["code"] = (int)code,
            ["reason"] = reason,
            ["message"] = message,
        };

    private static bool IsCollection(string path) =>
        path.Split('/').Length is var parts && path.StartsWith("api/", StringComparison.Ordinal)
            ? parts is 3 or 5
            : parts is 4 or 6;

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        Requests.Enqueue($"{context.Request.Method} {path}{context.Request.QueryString}");
        if (Instead is not null && await Instead(context))
        {
            return;
        }

        switch (context.Request.Method)
        {
            case "GET" when IsCollection(path) && context.Request.Query["watch"] == "true":
                await WatchAsync(context, path);
                break;
            case "GET" when IsCollection(path):
                await ListAsync(context, path);
                break;
            default:
                await ChangeAsync(context, path);
                break;
        }
    }

    private async Task ListAsync(HttpContext context, string collection)
    {
        var query = context.Request.Query;
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
        var after = query["continue"].ToString();
        JsonObject answer;
        lock (_lock)
        {
            var page = _objects
                .Where(pair => Matches(pair.Key, collection))
                .Where(pair => string.CompareOrdinal(pair.Key, after) > 0)
                .Take(limit + 1)
                .ToList();
            answer = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["resourceVersion"] = $"{_version}",
                    ["continue"] = page.Count > limit ? page[limit - 1].Key : "",
                },
                ["items"] = new JsonArray([.. page.Take(limit).Select(pair => pair.Value.DeepClone())]),
            };
        }

        await AnswerAsync(context, HttpStatusCode.OK, answer);
    }

    private static bool Matches(string path, string collection)
    {
        var plural = collection.Split('/')[^1];
        return collection.Contains("/namespaces/", StringComparison.Ordinal)
            ? path.StartsWith($"{collection}/", StringComparison.Ordinal)
            : path.StartsWith(collection[..^plural.Length], StringComparison.Ordinal) && path.Split('/')[^2] == plural;
    }

    private async Task WatchAsync(HttpContext context, string collection)
    {
        var from = long.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync();
        _watches.TryAdd(context, collection);
        try
        {
            if (from < _forgotten)
            {
                var gone = Status(HttpStatusCode.Gone, "Expired", "too old resource version");
                var line = new JsonObject { ["type"] = "ERROR", ["object"] = gone };
                await context.Response.WriteAsync(line.ToJsonString() + "\n");
                return;
            }

            while (!context.RequestAborted.IsCancellationRequested)
            {
                List<(long Version, string Collection, string Line)> news;
                Task changed;
                lock (_lock)
                {
                    news = [.. _log.Where(each => each.Version > from && Matches($"{each.Collection}/x", collection))];
                    changed = _changed.Task;
                }

                foreach (var each in IsSilent ? [] : news)
                {
                    from = each.Version;
                    await context.Response.WriteAsync(each.Line + "\n");
                }

                await context.Response.Body.FlushAsync();
                await changed.WaitAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The watch was cut or its reader has gone.
        }
        finally
        {
            _watches.TryRemove(context, out _);
        }
    }

    private async Task ChangeAsync(HttpContext context, string path)
    {
        JsonObject? body = null;
        if (context.Request.ContentLength > 0)
        {
            body = (JsonObject?)await JsonNode.ParseAsync(context.Request.Body);
        }

        var (code, answer) = Change(context.Request.Method, path, context.Request.ContentType ?? "", body);
        await AnswerAsync(context, code, answer);
    }

    private (HttpStatusCode Code, JsonObject Answer) Change(string method, string path, string type, JsonObject? body)
    {
        lock (_lock)
        {
            if (method == "POST")
            {
                path += $"/{body!["metadata"]!["name"]}";
            }

            var isStatus = path.EndsWith("/status", StringComparison.Ordinal);
            path = isStatus ? path[..^"/status".Length] : path;
            var old = _objects.GetValueOrDefault(path);
            var isApply = type.StartsWith("application/apply-patch", StringComparison.Ordinal);
            if (method == "POST" && old is not null)
            {
                return (HttpStatusCode.Conflict, Status(HttpStatusCode.Conflict, "AlreadyExists", "it exists"));
            }

            if (old is null && method != "POST" && (!isApply || isStatus))
            {
                return (HttpStatusCode.NotFound, Status(HttpStatusCode.NotFound, "NotFound", $"{path} not found"));
            }

            var wanted = (body?["metadata"] ?? body?["preconditions"])?["resourceVersion"]?.GetValue<string>();
            if (
                old is not null
                && wanted is not null
                && wanted != old["metadata"]!["resourceVersion"]!.GetValue<string>()
            )
            {
                return (HttpStatusCode.Conflict, Status(HttpStatusCode.Conflict, "Conflict", "it was changed"));
            }

            if (method == "GET")
            {
                return (HttpStatusCode.OK, (JsonObject)old!.DeepClone());
            }

            if (method == "DELETE")
            {
                var collection = path[..path.LastIndexOf('/')];
                if (old!["metadata"]!["finalizers"] is JsonArray { Count: > 0 })
                {
                    var dying = (JsonObject)old.DeepClone();
                    dying["metadata"]!["deletionTimestamp"] = "2030-01-01T00:00:00Z";
                    return (HttpStatusCode.OK, Store(path, dying, "MODIFIED"));
                }

                Remove(collection, path[(path.LastIndexOf('/') + 1)..]);
                return (HttpStatusCode.OK, new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
            }

            var entity = method == "PATCH" ? Merge((JsonObject?)old?.DeepClone() ?? [], body!) : body!;
            entity["metadata"]!["uid"] = old?["metadata"]!["uid"]!.GetValue<string>() ?? Guid.NewGuid().ToString();
            if (
                entity["metadata"]!["deletionTimestamp"] is not null
                && entity["metadata"]!["finalizers"] is null or JsonArray { Count: 0 }
            )
            {
                _objects.Remove(path);
                Tell(path[..path.LastIndexOf('/')], "DELETED", (JsonObject)entity.DeepClone());
                return (HttpStatusCode.OK, entity);
            }

            return (HttpStatusCode.OK, Store(path, entity, old is null ? "ADDED" : "MODIFIED"));
        }
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            target[name] =
                value is JsonObject change && target[name] is JsonObject inner
                    ? Merge((JsonObject)inner.DeepClone(), change)
                    : value?.DeepClone();
        }

        return target;
    }

    private JsonObject Store(string path, JsonObject entity, string type)
    {
        entity = (JsonObject)entity.DeepClone();
        var generation = _objects.GetValueOrDefault(path) is { } old
            ? (old["metadata"]!["generation"]?.GetValue<long>() ?? 1)
                + (JsonNode.DeepEquals(old["spec"], entity["spec"]) ? 0 : 1)
            : 1;
        entity["metadata"]!["generation"] = generation;
        _objects[path] = entity;
        Tell(path[..path.LastIndexOf('/')], type, entity);
        return (JsonObject)entity.DeepClone();
    }

    private void Tell(string collection, string type, JsonObject entity)
    {
        entity["metadata"]!["resourceVersion"] = $"{++_version}";
        var line = new JsonObject { ["type"] = type, ["object"] = entity.DeepClone() };
        _log.Add((_version, collection, line.ToJsonString()));
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
