using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using SandboxOperator.Gateway.Console.Layout;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Access;

/// <summary>
/// Stands before every page: 1. the headers; 2. who looks, or the way to the sign-in; 3. what changes something must
/// come from a page of ours; 4. errors become pages.
/// </summary>
internal sealed partial class ConsoleGate(
    ApiKeys keys,
    ConsoleCookie cookie,
    IAntiforgery forgery,
    TimeProvider time,
    ILogger<ConsoleGate> logger
) : IEndpointFilter
{
    private const string ThemeCookie = "sandbox-console-theme";

    /// <summary>Marks endpoints that are open to those who have not signed in.</summary>
    public sealed class Open;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            // 1.
            ConsoleHeaders.Write(http.Response);

            // 2.
            var open = http.GetEndpoint()?.Metadata.GetMetadata<Open>() is not null;
            var viewer = Find(http);
            if (viewer is null && !open)
            {
                return SendToSignIn(http);
            }

            // 3.
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            {
                if (!SameOrigin.Is(http.Request) || !await forgery.IsRequestValidAsync(http))
                {
                    throw new ApiException(
                        StatusCodes.Status400BadRequest,
                        "This form is too old, or was not sent by a page of this console. Go back, reload the page and try again."
                    );
                }
            }

            http.Features.Set(viewer ?? Nobody(http));
            return await next(context);
        }
        catch (ApiException error)
        {
            return Problem(http, error.Status, error.Message);
        }
        catch (BadHttpRequestException error)
        {
            return Problem(http, error.StatusCode, error.Message);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            Log.Failed(logger, http.TraceIdentifier, error);
            return Problem(
                http,
                StatusCodes.Status500InternalServerError,
                $"The page could not be made. The gateway's log tells more about the request {http.TraceIdentifier}."
            );
        }
    }

    /// <summary>Who looks; null when nobody has signed in and somebody should.</summary>
    private Viewer? Find(HttpContext http)
    {
        if (!keys.Required)
        {
            return Of(http, new Caller(Caller.DefaultProject, IsAdmin: true), signedIn: false);
        }

        return cookie.Read(http.Request) is { } caller ? Of(http, caller, signedIn: true) : null;
    }

    private Viewer Nobody(HttpContext http) => Of(http, new Caller("", IsAdmin: false), signedIn: false);

    private Viewer Of(HttpContext http, Caller caller, bool signedIn) =>
        new(
            caller.Project,
            caller.IsAdmin,
            signedIn,
            http.Request.Cookies[ThemeCookie] is ("light" or "dark") and var theme ? theme : null,
            WantsToken(http) ? forgery.GetAndStoreTokens(http).RequestToken ?? "" : "",
            time.GetUtcNow().ToUnixTimeMilliseconds()
        );

    private static bool WantsToken(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method)
            && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        || http.Request.Path.StartsWithSegments("/console/sign-in", StringComparison.OrdinalIgnoreCase);

    private static IResult SendToSignIn(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || !WantsToken(http))
        {
            return Results.Text("Sign in first.", statusCode: StatusCodes.Status401Unauthorized);
        }

        var back = http.Request.Path + http.Request.QueryString;
        return Results.Redirect("/console/sign-in?back=" + Uri.EscapeDataString(back));
    }

    private IResult Problem(HttpContext http, int status, string message)
    {
        var viewer = http.Features.Get<Viewer>() ?? Find(http) ?? Nobody(http);
        http.Response.StatusCode = status;
        return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? new RazorComponentResult<ProblemPage>(
                new
                {
                    Viewer = viewer,
                    Status = status,
                    Message = message,
                }
            )
            {
                StatusCode = status,
            }
            : Results.Text(message, statusCode: status);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Page of request {RequestId} failed.")]
        public static partial void Failed(ILogger logger, string requestId, Exception error);
    }
}
