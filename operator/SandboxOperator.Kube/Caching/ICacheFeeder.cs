namespace SandboxOperator.Kube.Caching;

/// <summary>Keeps a cache true until it is stopped.</summary>
internal interface ICacheFeeder
{
    Task RunAsync(CancellationToken token);
}
