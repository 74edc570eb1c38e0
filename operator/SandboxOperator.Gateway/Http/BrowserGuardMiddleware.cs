using System.Net;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Options;

namespace SandboxOperator.Gateway.Http;

/// <summary>
/// Without keys, being able to reach the gateway is the only permission. A web page of a stranger, open in the user's
/// browser, reaches 127.0.0.1 too: requests of foreign origins, and requests to a name that a stranger's DNS may have
/// pointed here, are refused.
/// </summary>
internal sealed class BrowserGuardMiddleware(RequestDelegate next, ApiKeys keys, IOptions<CorsOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!keys.Required)
        {
            var request = context.Request;
            var origin = request.Headers.Origin.ToString();
            if (origin.Length > 0 && !options.Value.Allows(origin))
            {
                throw Refused(
                    $"Pages of '{ApiErrors.Shorten(origin)}' may not use this server; see the setting Cors:Origins."
                );
            }
            if (!IsUnforgeable(request.Host.Host) && IsLoopback(context.Connection.LocalIpAddress))
            {
                throw Refused(
                    $"This server does not answer to the name '{ApiErrors.Shorten(request.Host.Host)}' while no API keys are configured; use 127.0.0.1 or localhost."
                );
            }
        }
        return next(context);
    }

    /// <summary>Addresses and <c>localhost</c> cannot be given another meaning by a DNS server.</summary>
    private static bool IsUnforgeable(string host) =>
        host.Length == 0
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);

    private static bool IsLoopback(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static ApiException Refused(string message) => new(StatusCodes.Status403Forbidden, message);
}
