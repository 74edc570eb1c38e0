using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Ledger.Prices;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Hosting;

/// <summary>Whether the gateway can do its work, part by part.</summary>
internal sealed class Readiness(
    IStore store,
    ISandboxes sandboxes,
    IOptions<UpstreamOptions> upstream,
    UnpricedModels unpriced,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<SandboxCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var checks = new List<SandboxCheck>
        {
            lifetime.ApplicationStopping.IsCancellationRequested
                ? new("shutdown", Ok: false, "the gateway is stopping")
                : new("shutdown", Ok: true, ""),
            await StoreAsync(either.Token),
            Upstream(),
            Prices(),
        };
        checks.AddRange(await SandboxesAsync(either.Token));
        return checks;
    }

    private async Task<SandboxCheck> StoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            // An empty write too waits for the writer and its commit.
            await store.WriteAsync(
                async (context, token) => await context.Assistants.AnyAsync(token),
                cancellationToken
            );
            return new SandboxCheck("store", Ok: true, "");
        }
        catch (Exception error)
        {
            return new SandboxCheck("store", Ok: false, error.Message);
        }
    }

    /// <summary>Only what is configured: an upstream that is down for a while is no reason to take the gateway away.</summary>
    private SandboxCheck Upstream() =>
        new(
            "upstream",
            Ok: true,
            string.IsNullOrEmpty(upstream.Value.BaseUrl)
                ? "none configured; only builtin/python answers"
                : UpstreamAddress.Of(upstream.Value.BaseUrl)
        );

    private SandboxCheck Prices() =>
        new(
            "prices",
            Ok: true,
            unpriced.Names is { Count: > 0 } names
                ? $"what these models cost is not known (Prices:Models): {string.Join(", ", names)}"
                : ""
        );

    private async Task<IReadOnlyList<SandboxCheck>> SandboxesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await sandboxes.CheckAsync(cancellationToken);
        }
        catch (Exception error)
        {
            return [new SandboxCheck("sandboxes", Ok: false, error.Message)];
        }
    }
}
