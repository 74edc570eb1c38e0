namespace SandboxOperator.Gateway.Http;

/// <summary>
/// Refuses the first version of the Assistants API, whose objects had another shape. A missing header is tolerated:
/// there is only one version it could mean.
/// </summary>
internal sealed class BetaHeaderMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (
            path.StartsWithSegments("/v1/assistants", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/v1/threads", StringComparison.OrdinalIgnoreCase)
        )
        {
            var values = context.Request.Headers["OpenAI-Beta"].ToString();
            if (values.Contains("assistants=v1", StringComparison.OrdinalIgnoreCase))
            {
                throw ApiErrors.Invalid(
                    "This server speaks version 2 of the Assistants API. Please try again by setting the header 'OpenAI-Beta: assistants=v2'.",
                    code: "invalid_beta"
                );
            }
        }
        return next(context);
    }
}
