using SandboxOperator.Gateway.Tokens;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>Does at the start what the first run would otherwise wait for.</summary>
internal sealed class ModelWarmup(UpstreamModelList upstream, ITokenCounter counter) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Loading the vocabulary takes a second or so.
        var vocabulary = Task.Run(() => counter.Count("warm"), stoppingToken);
        await upstream.RefreshAsync(stoppingToken);
        await vocabulary;
    }
}
