namespace SandboxOperator.Gateway.Http;

/// <summary>Forgives a slash too many, as a base URL that ends with one makes.</summary>
internal sealed class PathMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is not null && path.Contains("//", StringComparison.Ordinal))
        {
            context.Request.Path = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
        return next(context);
    }
}
