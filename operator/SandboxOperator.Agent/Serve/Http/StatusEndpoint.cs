using System.Globalization;
using System.Text.Json;
using SandboxOperator.Agent.Serve.Calls;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Http;

/// <summary><c>GET /status</c>, at once or when code can run: see <see cref="AgentLocation.AwaitReady"/>.</summary>
internal sealed class StatusEndpoint(CallRunner runner, KernelSide kernel, TimeProvider time)
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(5);

    public async Task GetAsync(HttpContext context)
    {
        var patience = Patience(context.Request);
        var start = time.GetTimestamp();
        var status = Status();
        while (!AgentReadiness.Of(status).IsFinal && time.GetElapsedTime(start) < patience)
        {
            await Task.Delay(s_betweenLooks, time, context.RequestAborted);
            status = Status();
        }

        await AgentHttp.JsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(status, AgentJson.Default.AgentStatus));
    }

    private AgentStatus Status() => runner.Status(kernel.NotReadyReason);

    private static TimeSpan Patience(HttpRequest request)
    {
        var text = (string?)request.Query[AgentLocation.AwaitReady];
        if (text is null)
        {
            return TimeSpan.Zero;
        }

        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= AgentLocation.LongestAwaitSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw RequestException.Invalid(
                $"{AgentLocation.AwaitReady} must be a number of seconds from 0 to {AgentLocation.LongestAwaitSeconds}."
            );
    }
}
