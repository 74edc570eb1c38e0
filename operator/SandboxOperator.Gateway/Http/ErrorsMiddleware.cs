using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Http;

/// <summary>Sees to it that every error has the shape clients read, and that none says what is inside.</summary>
internal sealed partial class ErrorsMiddleware(RequestDelegate next, ILogger<ErrorsMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        ApiException? error;
        try
        {
            await next(context);
            error = OfStatus(context);
        }
        catch (Exception thrown) when (IsClientGone(context, thrown))
        {
            // Nobody is there to read an answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        catch (Exception thrown)
        {
            error = Of(context, thrown);
        }
        if (error is null)
        {
            return;
        }
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }
        await ErrorBody.WriteAsync(context, error);
    }

    private ApiException Of(HttpContext context, Exception thrown)
    {
        switch (thrown)
        {
            case ApiException error:
                return error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ApiErrors.TooLarge("The request body is larger than this endpoint accepts.");
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, bad.Message);
            case StoreBusyException busy:
                return new ApiException(
                    StatusCodes.Status503ServiceUnavailable,
                    busy.Message,
                    type: "server_error",
                    retryAfter: TimeSpan.FromSeconds(1)
                );
            case StoreFailedException { DiskFull: true } full:
                Log.Failed(logger, context.TraceIdentifier, full);
                // Somebody has to make room first.
                context.Response.Headers["x-should-retry"] = "false";
                return new ApiException(
                    StatusCodes.Status507InsufficientStorage,
                    full.Message,
                    code: "insufficient_storage",
                    type: "server_error"
                );
            default:
                Log.Failed(logger, context.TraceIdentifier, thrown);
                return new ApiException(
                    StatusCodes.Status500InternalServerError,
                    $"The server had an error while processing your request. Its log tells more about the request {context.TraceIdentifier}.",
                    type: "server_error"
                );
        }
    }

    /// <summary>The answers that routing gives without a body.</summary>
    private static ApiException? OfStatus(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (response.HasStarted || response.ContentType is not null)
        {
            return null;
        }
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new ApiException(
                StatusCodes.Status404NotFound,
                $"Invalid URL ({request.Method} {ApiErrors.Shorten(request.Path)})"
            ),
            StatusCodes.Status405MethodNotAllowed => new ApiException(
                StatusCodes.Status405MethodNotAllowed,
                $"Not allowed to {request.Method} on {ApiErrors.Shorten(request.Path)}; allowed: {response.Headers.Allow}.",
                code: "method_not_supported"
            ),
            >= 400 and var status => new ApiException(status, $"The request was refused with status {status}."),
            _ => null,
        };
    }

    private static bool IsClientGone(HttpContext context, Exception thrown) =>
        context.RequestAborted.IsCancellationRequested
        && thrown is (OperationCanceledException or ConnectionResetException or IOException or SocketException);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
        public static partial void Failed(ILogger logger, string requestId, Exception error);
    }
}
