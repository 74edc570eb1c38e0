using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Client;

/// <inheritdoc/>
/// <param name="connection">How to reach the server.</param>
/// <param name="time">For deadlines.</param>
public sealed class KubeClient(KubeConnection connection, TimeProvider time) : IKubeClient
{
    private const string ApplyType = "application/apply-patch+yaml";
    private const int MostTries = 10;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(ObjectKey key, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return await SendAsync<T>(HttpMethod.Get, KubeKind.Of<T>().Object(key), body: null, token);
        }
        catch (KubeException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ListPage<T>> ListAsync<T>(
        ListQuery query,
        int limit,
        string? continueWith,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = query.Path(KubeKind.Of<T>(), ("limit", $"{limit}"), ("continue", continueWith));
        using var answer = await SendAsync(HttpMethod.Get, path, body: null, token);
        var items = new List<T>();
        var unreadable = new List<string>();
        if (answer.RootElement.TryGetProperty("items", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in list.EnumerateArray())
            {
                try
                {
                    items.Add(KubeJson.Entity<T>(item));
                }
                catch (JsonException exception)
                {
                    unreadable.Add($"{KubeJson.Key(item)}: {exception.Message}");
                }
            }
        }

        if (!answer.RootElement.TryGetProperty("metadata", out var metadata))
        {
            throw new KubeException(code: null, "Unreadable", $"GET {path}: the answer is not a list");
        }

        var next = KubeJson.Text(metadata, "continue");
        return new ListPage<T>(
            items,
            KubeJson.Text(metadata, "resourceVersion") ?? "",
            string.IsNullOrEmpty(next) ? null : next,
            unreadable
        );
    }

    /// <inheritdoc/>
    public Task<T> CreateAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = KubeKind.Of<T>();
        var path = $"{kind.Collection(entity.Metadata.NamespaceProperty)}?fieldManager={fieldManager}";
        return SendAsync<T>(HttpMethod.Post, path, Json(kind.Fill(entity)), token);
    }

    /// <inheritdoc/>
    public Task<T> ReplaceAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = KubeKind.Of<T>();
        var path = $"{kind.Object(ObjectKey.Of(entity))}?fieldManager={fieldManager}";
        return SendAsync<T>(HttpMethod.Put, path, Json(kind.Fill(entity)), token);
    }

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = KubeKind.Of<T>();
        // A status given here belongs to the status subresource, and servers refuse managedFields.
        var body = JsonNode.Parse(KubernetesJson.Serialize(kind.Fill(entity)))!.AsObject();
        body.Remove("status");
        body["metadata"]!.AsObject().Remove("managedFields");
        return ApplyAsync<T>(ObjectKey.Of(entity), body, fieldManager, subresource: null, token);
    }

    /// <inheritdoc/>
    public async Task<T> ApplyStatusAsync<T, TStatus>(
        T entity,
        TStatus status,
        string fieldManager,
        bool unchanged,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
        where TStatus : class
    {
        if (KubeJson.Same(entity.Status, status))
        {
            return entity;
        }

        var kind = KubeKind.Of<T>();
        var metadata = new JsonObject
        {
            ["name"] = entity.Metadata.Name,
            ["namespace"] = entity.Metadata.NamespaceProperty,
            // Another object of the same name is not this one.
            ["uid"] = entity.Metadata.Uid,
        };
        if (unchanged)
        {
            metadata["resourceVersion"] = entity.Metadata.ResourceVersion;
        }

        var body = new JsonObject
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Kind,
            ["metadata"] = metadata,
            ["status"] = JsonNode.Parse(KubernetesJson.Serialize(status)),
        };
        return await ApplyAsync<T>(ObjectKey.Of(entity), body, fieldManager, "status", token);
    }

    /// <inheritdoc/>
    public Task<T> PatchAsync<T>(
        ObjectKey key,
        V1Patch patch,
        string fieldManager,
        string? subresource,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = patch.Type switch
        {
            V1Patch.PatchType.JsonPatch => "application/json-patch+json",
            V1Patch.PatchType.MergePatch => "application/merge-patch+json",
            V1Patch.PatchType.StrategicMergePatch => "application/strategic-merge-patch+json",
            _ => throw new ArgumentException("Use ApplyAsync for server-side apply.", nameof(patch)),
        };
        var text = patch.Content as string ?? KubernetesJson.Serialize(patch.Content);
        var path = $"{KubeKind.Of<T>().Object(key, subresource)}?fieldManager={fieldManager}";
        return SendAsync<T>(HttpMethod.Patch, path, new Body(text, type), token);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync<T>(ObjectKey key, DeletePreconditions? preconditions, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var options = new V1DeleteOptions
        {
            ApiVersion = "v1",
            Kind = "DeleteOptions",
            PropagationPolicy = "Background",
            GracePeriodSeconds = preconditions?.GracePeriodSeconds,
            Preconditions = preconditions is { Uid: null, ResourceVersion: null } or null
                ? null
                : new V1Preconditions { Uid = preconditions.Uid, ResourceVersion = preconditions.ResourceVersion },
        };
        try
        {
            using var answer = await SendAsync(HttpMethod.Delete, KubeKind.Of<T>().Object(key), Json(options), token);
            return true;
        }
        catch (KubeException exception) when (exception.IsNotFound)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        string resourceVersion,
        int seconds,
        [EnumeratorCancellation] CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = query.Path(
            KubeKind.Of<T>(),
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resourceVersion),
            ("timeoutSeconds", $"{seconds}")
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var response = await ReachAsync(request, stream: true, path, token);
        await ThrowUnlessSuccessAsync(response, $"watch {path}", token);
        await using var body = await response.Content.ReadAsStreamAsync(token);
        await foreach (var line in WatchLines.ReadAsync(body, token))
        {
            using (line)
            {
                yield return WatchLines.Parse<T>(line.RootElement, $"watch {path}");
            }
        }
    }

    private static Body Json(object value) => new(KubernetesJson.Serialize(value), "application/json");

    private Task<T> ApplyAsync<T>(
        ObjectKey key,
        JsonObject body,
        string fieldManager,
        string? subresource,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = $"{KubeKind.Of<T>().Object(key, subresource)}?fieldManager={fieldManager}&force=true";
        return SendAsync<T>(HttpMethod.Patch, path, new Body(body.ToJsonString(), ApplyType), token);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, Body? body, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var answer = await SendAsync(method, path, body, token);
        try
        {
            return KubeJson.Entity<T>(answer.RootElement);
        }
        catch (JsonException exception)
        {
            throw new KubeException(code: null, "Unreadable", $"{method} {path}: {exception.Message}", exception);
        }
    }

    private async Task<JsonDocument> SendAsync(HttpMethod method, string path, Body? body, CancellationToken token)
    {
        using var timeout = new CancellationTokenSource(Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, token);
        var started = time.GetTimestamp();
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await TryAsync(method, path, body, both.Token);
            }
            catch (KubeException exception)
                when (exception is { Code: HttpStatusCode.TooManyRequests, RetryAfter: { } wait }
                    && tried < MostTries
                    && time.GetElapsedTime(started) + wait < Deadline
                )
            {
                await Task.Delay(wait > ShortestWait ? wait : ShortestWait, time, token);
            }
            catch (OperationCanceledException exception) when (!token.IsCancellationRequested)
            {
                throw new KubeException(
                    code: null,
                    "Timeout",
                    $"{method} {path}: no answer within {Deadline.TotalSeconds} s",
                    exception
                );
            }
        }
    }

    private async Task<JsonDocument> TryAsync(HttpMethod method, string path, Body? body, CancellationToken token)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body?.Content();
        try
        {
            using var response = await ReachAsync(request, stream: false, path, token);
            await ThrowUnlessSuccessAsync(response, $"{method} {path}", token);
            await using var answer = await response.Content.ReadAsStreamAsync(token);
            return await JsonDocument.ParseAsync(answer, cancellationToken: token);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            throw new KubeException(code: null, "Unreadable", $"{method} {path}: {exception.Message}", exception);
        }
    }

    private async Task<HttpResponseMessage> ReachAsync(
        HttpRequestMessage request,
        bool stream,
        string path,
        CancellationToken token
    )
    {
        try
        {
            return await connection.SendAsync(request, stream, token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)
        {
            // The network, the certificate, or a token that cannot be had. A connection that takes too long says that it
            // was cancelled, though nobody cancelled it.
            var message = $"{request.Method} {path}: cannot reach the API server: {exception.Message}";
            throw new KubeException(code: null, "Unreachable", message, exception);
        }
    }

    private static async Task ThrowUnlessSuccessAsync(
        HttpResponseMessage response,
        string tried,
        CancellationToken token
    )
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        JsonElement status = default;
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            try
            {
                status = await response.Content.ReadFromJsonAsync<JsonElement>(token);
            }
            catch (Exception exception) when (exception is JsonException or IOException)
            {
                // The status code has to do.
            }
        }

        var failure = KubeJson.Failure(tried, response.StatusCode, status);
        throw new KubeException(failure.Code, failure.Reason, failure.Message)
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>What a request carries, each time it is sent.</summary>
    private sealed record Body(string Text, string Type)
    {
        public StringContent Content() => new(Text, Encoding.UTF8, MediaTypeHeaderValue.Parse(Type));
    }
}
