using System.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>Makes the caller's request the gateway's own, and the upstream's answer the gateway's.</summary>
internal sealed class UpstreamTransformer(string address, string? apiKey, string path) : HttpTransformer
{
    /// <summary>Who the caller is, and where it comes from, is nothing to the upstream.</summary>
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

    private static bool IsForwarded(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase);

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        foreach (var header in Own)
        {
            proxyResponse?.Headers.Remove(header);
        }
        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }
}
