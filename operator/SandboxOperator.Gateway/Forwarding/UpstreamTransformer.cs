using System.Net.Http.Headers;
using SandboxOperator.Gateway.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>Makes the caller's request the gateway's own, and the upstream's answer the gateway's.</summary>
internal sealed class UpstreamTransformer(string address, string? apiKey, string path) : HttpTransformer
{
    /// <summary>What stays here: who the caller is, and where it comes from, is nothing to the upstream.</summary>
    private static readonly string[] Private =
    [
        "Authorization",
        "api-key",
        "Cookie",
        "Origin",
        "Referer",
        "OpenAI-Organization",
        "OpenAI-Project",
        "Forwarded",
        "Via",
        "X-Real-IP",
        "X-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "Proxy-Authorization",
        // Answers that are compressed could not be looked at for the tokens they report.
        "Accept-Encoding",
    ];

    /// <summary>What the gateway says for itself.</summary>
    private static readonly string[] Own =
    [
        "x-request-id",
        "openai-version",
        "openai-processing-ms",
        "x-content-type-options",
        "Set-Cookie",
        "Server",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
        "Strict-Transport-Security",
        "Alt-Svc",
    ];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (var header in Private)
        {
            proxyRequest.Headers.Remove(header);
        }
        var forwarded = proxyRequest.Headers.NonValidated.Select(header => header.Key).Where(IsForwarded).ToList();
        forwarded.ForEach(header => proxyRequest.Headers.Remove(header));
        proxyRequest.Headers.Host = null;
        if (!string.IsNullOrEmpty(apiKey))
        {
            proxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }
        proxyRequest.RequestUri = new Uri($"{address}/{path}{httpContext.Request.QueryString}");
    }

    /// <summary>What the upstream reports in its answer; null until an answer that is no error has begun.</summary>
    public AnswerUsage? Answer { get; private set; }

    private static bool IsForwarded(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase);

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        foreach (var header in Own)
        {
            proxyResponse?.Headers.Remove(header);
        }
        var forwards = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is { IsSuccessStatusCode: true })
        {
            Answer = new AnswerUsage(proxyResponse.Content);
            proxyResponse.Content = new WatchedContent(proxyResponse.Content, Answer.Watch);
        }
        return forwards;
    }
}
