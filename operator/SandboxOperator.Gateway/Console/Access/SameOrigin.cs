namespace SandboxOperator.Gateway.Console.Access;

/// <summary>Whether a request that changes something was sent by a page of ours.</summary>
internal static class SameOrigin
{
    /// <summary>
    /// Browsers say where a request comes from; what says nothing is no browser. <c>Sec-Fetch-Site</c> cannot be set by
    /// a page, and older browsers send <c>Origin</c>.
    /// </summary>
    public static bool Is(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
            );
    }
}
