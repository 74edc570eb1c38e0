using System.Net.Http.Headers;
using System.Text.Json;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Options;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>The upstream's own list of models, asked for now and then.</summary>
internal sealed partial class UpstreamModelList(
    ModelOptions options,
    TimeProvider time,
    ILogger<UpstreamModelList> logger
) : IDisposable
{
    private const int MaxModels = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new() { Timeout = Patience, MaxResponseContentBufferSize = 8 * 1024 * 1024 };
    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Snapshot? _last;

    /// <summary>The list as last seen; null before it was had.</summary>
    public IReadOnlyList<ModelInfo>? Last => _last?.Models;

    /// <summary>The names of <see cref="Last"/>.</summary>
    public IReadOnlySet<string>? Names => _last?.Names;

    /// <summary>True when it is time to ask again.</summary>
    public bool IsStale => options.HasUpstream && !(time.GetUtcNow() < _last?.FreshUntil);

    /// <summary>Asks again when the list is old. A list that cannot be had leaves the one there is.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (!IsStale)
        {
            return;
        }
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (!IsStale)
            {
                return;
            }
            var models = await AskAsync(cancellationToken) ?? _last?.Models;
            if (models is not null)
            {
                _last = new Snapshot(
                    models,
                    models.Select(model => model.Id).ToHashSet(StringComparer.Ordinal),
                    time.GetUtcNow().AddSeconds(options.ModelListSeconds)
                );
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    private async Task<List<ModelInfo>?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                $"{UpstreamAddress.Of(options.BaseUrl!)}/models"
            );
            if (!string.IsNullOrEmpty(options.ApiKey))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
            }
            using var response = await _http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return LenientJson.Property(json.RootElement, "data") is { ValueKind: JsonValueKind.Array } data
                ? [.. data.EnumerateArray().Take(MaxModels).Select(Read).OfType<ModelInfo>()]
                : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NoList(logger, exception.Message);
            return null;
        }
    }

    private static ModelInfo? Read(JsonElement model) =>
        LenientJson.String(model, "id") is { Length: > 0 } id
            ? new ModelInfo(
                id,
                LenientJson.Integer(model, "created") ?? 0,
                LenientJson.String(model, "owned_by") ?? "upstream"
            )
            : null;

    private sealed record Snapshot(
        IReadOnlyList<ModelInfo> Models,
        IReadOnlySet<string> Names,
        DateTimeOffset FreshUntil
    );

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The upstream's list of models cannot be had: {Reason}")]
        public static partial void NoList(ILogger logger, string reason);
    }
}
