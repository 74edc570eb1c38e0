using System.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>Makes the caller's request the gateway's own, and the upstream's answer the gateway's.</summary>
internal sealed class UpstreamTransformer(string baseUrl, string? apiKey, string path) : HttpTransformer
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
        "X-Forwarded-For",
        "Forwarded",
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
        proxyRequest.Headers.Host = null;
        if (!string.IsNullOrEmpty(apiKey))
        {
            proxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }
        proxyRequest.RequestUri = new Uri($"{baseUrl.TrimEnd('/')}/{path}{httpContext.Request.QueryString}");
    }

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
