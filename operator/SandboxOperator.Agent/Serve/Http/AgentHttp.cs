using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using SandboxOperator.Agent.Serve.Files;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Http;

/// <summary>The HTTP API: routes, and errors as <see cref="AgentError"/>.</summary>
internal sealed partial class AgentHttp(
    StatusEndpoint status,
    CallEndpoints calls,
    FileEndpoints files,
    ILogger<AgentHttp> logger
)
{
    private const string RetryAfterSeconds = "1";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (KernelConnection.IsReadingThread)
            {
                await Task.Yield();
            }

            await RouteAsync(context);
        }
        catch (RequestException e)
        {
            await ErrorAsync(context, e);
        }
        catch (BadHttpRequestException e)
        {
            await ErrorAsync(context, new RequestException(e.StatusCode, AgentErrorCodes.InvalidRequest, e.Message));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away, which cancels a transfer but never a call.
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, context.Request.Method);
            await ErrorAsync(
                context,
                new RequestException(500, AgentErrorCodes.Internal, "The agent failed; its log says why.")
            );
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        // The raw target: the server's own path has lost the difference between what was escaped and what was not.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        var method = context.Request.Method;
        const string FilePrefix = "/files/";
        if (path.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            var file = FilePath.FromUrl(path[FilePrefix.Length..]);
            return method switch
            {
                "GET" or "HEAD" => files.GetAsync(context, file),
                "PUT" => files.PutAsync(context, file),
                "DELETE" => files.DeleteAsync(context, file),
                _ => throw NotAllowed(method, "GET, HEAD, PUT and DELETE"),
            };
        }

        return path.Split('/') switch
        {
            ["", "status"] => method == "GET" ? status.GetAsync(context) : throw NotAllowed(method, "GET"),
            ["", "files"] => method == "GET" ? files.ListAsync(context) : throw NotAllowed(method, "GET"),
            ["", "calls"] => method == "POST" ? calls.PostAsync(context) : throw NotAllowed(method, "POST"),
            ["", "calls", var id, "interrupt"] => method == "POST"
                ? calls.InterruptAsync(context, id)
                : throw NotAllowed(method, "POST"),
            _ => throw RequestException.NotFound("There is nothing at this address."),
        };
    }

    private static RequestException NotAllowed(string method, string allowed) =>
        new(405, AgentErrorCodes.InvalidRequest, $"{method} is not possible here, only {allowed}.");

    private static async Task ErrorAsync(HttpContext context, RequestException e)
    {
        if (context.Response.HasStarted)
        {
            // The client must not take a part for the whole.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = e.Status;
        if (e.Status == 503)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        await JsonAsync(
            context,
            JsonSerializer.SerializeToUtf8Bytes(new AgentError(e.Code, e.Message), AgentJson.Default.AgentError)
        );
    }

    /// <summary>Answers with JSON.</summary>
    public static Task JsonAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.BodyWriter.WriteAsync(json).AsTask();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Method} request failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method);
    }
}
