using Prometheus;

namespace SandboxOperator.Gateway.Hosting;

internal static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services.AddSingleton<Readiness>();

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/livez", () => Results.Text("ok\n"));
        app.MapGet("/readyz", ReadyAsync);
        app.MapMetrics();
    }

    private static async Task<IResult> ReadyAsync(
        HttpRequest request,
        Readiness readiness,
        CancellationToken cancellationToken
    )
    {
        var checks = await readiness.CheckAsync(cancellationToken);
        var ok = checks.All(check => check.Ok);
        var verbose = request.Query.ContainsKey("verbose") || !ok;
        var lines = checks.Select(check =>
            $"[{(check.Ok ? '+' : '-')}]{check.Name} {(check.Ok ? "ok" : "failed")}{Detail(check.Detail)}\n"
        );
        var text = (verbose ? string.Concat(lines) : "") + (ok ? "ok\n" : "not ready\n");
        return Results.Text(text, statusCode: ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Detail(string detail) => detail.Length == 0 ? "" : $": {detail}";
}
