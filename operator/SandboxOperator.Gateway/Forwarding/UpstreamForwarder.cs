using System.Net;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Options;
using Yarp.ReverseProxy.Forwarder;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>
/// Hands a request to the upstream and its answer to the caller, both as they come.
/// <list type="number">
/// <item>Refuse when there is no upstream.</item>
/// <item>In JSON, put the upstream's name of the model in place of the caller's.</item>
/// <item>Forward with the upstream's key in place of the caller's, until the deadline or until the caller goes away.</item>
/// <item>Explain a failure, unless an answer has begun.</item>
/// </list>
/// </summary>
internal sealed class UpstreamForwarder(
    IHttpForwarder forwarder,
    IModelCatalog catalog,
    IOptions<UpstreamOptions> options,
    TimeProvider time
) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }
    );

    /// <param name="context">The request, of which nothing has been read.</param>
    /// <param name="path">Below the upstream's base URL.</param>
    /// <exception cref="ApiException">There was no answer.</exception>
    public async Task ForwardAsync(HttpContext context, string path)
    {
        // 1.
        var upstream = options.Value;
        if (string.IsNullOrWhiteSpace(upstream.BaseUrl))
        {
            // Asking again is useless until somebody changes the settings.
            context.Response.Headers["x-should-retry"] = "false";
            throw new ApiException(
                StatusCodes.Status503ServiceUnavailable,
                $"No upstream is configured to answer {path}: set OPENAI_BASE_URL, and OPENAI_API_KEY if it wants a key.",
                code: "no_upstream",
                type: "server_error"
            );
        }
        // 2.
        if (context.Request.HasJsonContentType())
        {
            await ForwardedBody.RenameModelAsync(context.Request, catalog, context.RequestAborted);
        }
        // 3.
        var limit = TimeSpan.FromSeconds(upstream.ForwardSeconds);
        using var deadline = new CancellationTokenSource(limit, time);
        var error = await forwarder.SendAsync(
            context,
            upstream.BaseUrl,
            _client,
            new ForwarderRequestConfig { ActivityTimeout = limit },
            new UpstreamTransformer(upstream.BaseUrl, upstream.ApiKey, path),
            deadline.Token
        );
        // 4.
        if (error != ForwarderError.None && !context.Response.HasStarted)
        {
            throw Explain(error, deadline.IsCancellationRequested, upstream.BaseUrl);
        }
    }

    public void Dispose() => _client.Dispose();

    private static ApiException Explain(ForwarderError error, bool late, string address) =>
        late || error is ForwarderError.RequestTimedOut
            ? new ApiException(
                StatusCodes.Status504GatewayTimeout,
                $"The upstream {address} did not answer in time.",
                code: "upstream_timeout",
                type: "server_error"
            )
            : new ApiException(
                StatusCodes.Status502BadGateway,
                $"The upstream {address} could not be asked; is it running, and is OPENAI_BASE_URL right?",
                code: "upstream_unreachable",
                type: "server_error"
            );
}
