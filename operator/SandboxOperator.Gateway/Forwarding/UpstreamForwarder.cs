using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Options;
using Yarp.ReverseProxy.Forwarder;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>
/// Hands a request to the upstream and its answer to the caller, both as they come.
/// <list type="number">
/// <item>Refuse when there is no upstream, or no money.</item>
/// <item>In JSON and forms, put the upstream's name of the model in place of the caller's; refuse anything else.</item>
/// <item>Forward with the upstream's key in place of the caller's, until the deadline or until the caller goes away.</item>
/// <item>Enter into the ledger what the upstream has reported, also of an answer that broke off.</item>
/// <item>Explain a failure, unless an answer has begun.</item>
/// </list>
/// </summary>
internal sealed class UpstreamForwarder(
    IHttpForwarder forwarder,
    IModelCatalog catalog,
    IOptions<UpstreamOptions> options,
    RequestLedger ledger,
    TimeProvider time
) : IDisposable
{
    /// <summary>Pictures and sound come in these requests, some of them as text in JSON.</summary>
    private const long MaxBodyBytes = 128L * 1024 * 1024;

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
        var project = Caller.Of(context).Project;
        ledger.Require(project);
        // 2.
        var (form, model) = await RenameModelAsync(context);
        await using var rewriting = form;
        // 3.
        var address = UpstreamAddress.Of(upstream.BaseUrl);
        var limit = TimeSpan.FromSeconds(upstream.ForwardSeconds);
        using var deadline = new CancellationTokenSource(limit, time);
        var transformer = new UpstreamTransformer(address, upstream.ApiKey, path);
        var error = await forwarder.SendAsync(
            context,
            address,
            _client,
            new ForwarderRequestConfig { ActivityTimeout = limit },
            transformer,
            deadline.Token
        );
        // 4.
        if (transformer.Answer is { } answer)
        {
            if (error == ForwarderError.None)
            {
                // The caller need not wait for the ledger.
                await context.Response.CompleteAsync();
            }
            await ledger.RecordAsync(project, context.TraceIdentifier, path, form?.Model ?? model, answer.Usage);
        }
        // 5.
        if (error != ForwarderError.None && !context.Response.HasStarted)
        {
            throw form?.Error ?? Explain(error, deadline.IsCancellationRequested, address);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Whatever is forwarded has been read first: a body that the gateway does not read may name any model.</summary>
    /// <returns>The form that is rewritten while it is forwarded, which tells the model later; or the model that JSON names.</returns>
    private async Task<(ForwardedForm? Form, string? Model)> RenameModelAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBodyBytes;
        }
        var request = context.Request;
        if (request.Headers.ContentEncoding.Count == 0)
        {
            if (request.HasJsonContentType())
            {
                return (null, await ForwardedBody.RenameModelAsync(request, catalog, context.RequestAborted));
            }
            if (request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
            {
                return (ForwardedForm.Begin(context, MaxBodyBytes, catalog), null);
            }
        }
        throw new ApiException(
            StatusCodes.Status415UnsupportedMediaType,
            "Send a body of the type application/json or multipart/form-data, without a Content-Encoding.",
            code: "unsupported_content_type"
        );
    }

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
