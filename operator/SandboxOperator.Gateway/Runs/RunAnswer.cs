using System.Globalization;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Runs;

/// <summary>A run as an answer, with the header that tells pollers when to ask again.</summary>
internal sealed class RunAnswer(RunEntity run) : IResult
{
    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var options = httpContext.RequestServices.GetRequiredService<IOptions<RunLoopOptions>>().Value;
        httpContext.Response.Headers["openai-poll-after-ms"] = options.PollAfterMilliseconds.ToString(
            CultureInfo.InvariantCulture
        );
        return new JsonAnswer(writer => RunJson.Write(writer, run)).ExecuteAsync(httpContext);
    }
}
